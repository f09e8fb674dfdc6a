import { basename, dirname, join, resolve } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { errnoCode } from '../files/errors.js';
import { readBytes } from '../files/read.js';
import { MAX_CONFIG_BYTES } from '../limits.js';

/** A JSON file beside a model: where it lies, for messages, and its content, of which nothing is known yet. */
export interface Sidecar {
  readonly path: string;
  readonly value: unknown;
}

/** What Hugging Face's repositories keep beside a model, as far as it is there. */
export interface Sidecars {
  /** `config.json`, which may have the labels (`labelsFromConfig`). */
  readonly config?: Sidecar;
  /** `preprocessor_config.json`. */
  readonly preprocessor?: Sidecar;
}

/**
 * Finds the configuration files beside a model. Where the model lies in a folder `onnx`, as Hugging Face's repositories
 * have it, they may lie one folder up.
 *
 * @throws GradcamError `invalid-model` where one is there but is not JSON, `not-found` where it cannot be read, or `limit`
 */
export async function sidecars(modelPath: string): Promise<Sidecars> {
  const folder = dirname(resolve(modelPath));
  const folders = basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder];
  const config = await findJson(folders, 'config.json');
  const preprocessor = await findJson(folders, 'preprocessor_config.json');
  return { ...(config && { config }), ...(preprocessor && { preprocessor }) };
}

async function findJson(folders: readonly string[], name: string): Promise<Sidecar | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const text = await readText(path);
    if (text !== undefined) return { path, value: parse(text, path) };
  }
  return undefined;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readBytes(path, { what: 'a configuration of the model', limit: MAX_CONFIG_BYTES }));
  } catch (error) {
    if (error instanceof GradcamError && errnoCode(error.cause) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 200) : '';
    throw new GradcamError('invalid-model', `Expected JSON in '${path}' beside the model (${words}); mend it or move it away.`, {
      cause: error,
    });
  }
}
