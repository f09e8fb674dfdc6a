import { dirname, resolve } from 'node:path';
import { type Graph, inline, OnnxGradError, readModel, type SessionOptions } from '@gradcam/core';
import { readExternalData, readModelFile, type Sidecars, sidecars } from '@gradcam/node';
import type { ModelFlags } from '../options.js';
import type { ModelSource } from './source.js';

/** A model's file and what lies beside it, in memory. */
export interface LoadedModel extends ModelSource {
  readonly bytes: Uint8Array;
  /** The bytes with the free space behind them, so that an explanation is appended without a copy. */
  readonly room: Uint8Array;
  /** Weights in files of their own, by the location that the model names. */
  readonly externalData: ReadonlyMap<string, Uint8Array>;
  /** Hugging Face's configuration beside the model. */
  readonly beside: Sidecars;
}

/** @throws GradcamError `not-found`, `limit`, `invalid-model`; OnnxGradError `invalid-model` */
export async function loadModel(source: ModelSource): Promise<LoadedModel> {
  const { bytes } = await readModelFile(source.path);
  const locations = new Set<string>();
  for (const { external } of readGraph(bytes, source.path).initializers.values())
    if (external !== undefined) locations.add(external.location);
  const externalData = locations.size === 0 ? new Map<string, Uint8Array>() : await readExternalData(source.path, [...locations]);
  // Others' files may lie where the bundled model and the cache are; they have nothing to do with those models.
  const beside = source.origin === 'file' ? await sidecars(source.path) : {};
  return { ...source, bytes, room: new Uint8Array(bytes.buffer, bytes.byteOffset), externalData, beside };
}

/** @throws OnnxGradError `invalid-model`, `unsupported-model`, which says of what file */
function readGraph(bytes: Uint8Array, path: string): Graph {
  try {
    return inline(readModel(bytes));
  } catch (error) {
    if (error instanceof OnnxGradError) throw new OnnxGradError(error.code, `'${path}': ${error.message}`);
    throw error;
  }
}

/** How the model is to be run, by the options of the command. */
export function sessionOptions({ externalData, path }: LoadedModel, { threads, optimization }: ModelFlags): SessionOptions {
  const weights = externalData.size > 0 ? { externalData, externalFolder: dirname(resolve(path)) } : {};
  return { optimization, ...(threads !== undefined && { threads }), ...weights };
}
