import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix } from 'node:path';
import { GradcamError, inline, readModel } from '@gradcam/core';
import { cacheDirectory, MAX_CONFIG_BYTES, MAX_EXTERNAL_DATA_BYTES, MAX_MODEL_BYTES, writeFileAtomic, writingError } from '@gradcam/node';
import { type Files, fileAt } from './files.js';

/** What Hugging Face's repositories keep beside a model. */
const SIDECARS = ['config.json', 'preprocessor_config.json'] as const;

/**
 * A model of S3 on this disk, with its files of weights and what Hugging Face keeps beside it. It stays in the cache, under the sha256 of its bytes.
 *
 * @param sha256 of the model and its weights: where the cache has that, nothing is fetched
 * @returns its path
 * @throws GradcamError `not-found`, `limit`, `network`, `invalid-model` where it has another sha256
 */
export async function fetchModel(location: string, sha256?: string, cache = join(cacheDirectory(), 'models')): Promise<string> {
  const [files, key] = await fileAt(location);
  const name = posix.basename(key);
  if (sha256 !== undefined) {
    const before = join(cache, sha256, name);
    if (/^[0-9a-f]{64}$/.test(sha256) && (await exists(before))) return before;
  }
  const unfinished = join(cache, `.${randomUUID()}`);
  try {
    await mkdir(unfinished, { recursive: true });
    const found = await fetchInto(unfinished, files, key);
    if (sha256 !== undefined && found !== sha256)
      throw new GradcamError(
        'invalid-model',
        `the model '${location}' has the sha256 ${found}, but the run was planned with ${sha256}; put that one there again, or begin a new run`,
      );
    const folder = join(cache, found);
    // Who comes second finds the same.
    await rename(unfinished, folder).catch(async (error: unknown) => {
      if (!(await exists(join(folder, name)))) throw error;
    });
    for (const sidecar of SIDECARS) await fetchSidecar(join(folder, sidecar), files, posix.join(posix.dirname(key), sidecar));
    return join(folder, name);
  } catch (error) {
    throw writingError(error, cache);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** @returns sha256 of the model and its weights, in the order in which it names them */
async function fetchInto(folder: string, files: Files, key: string): Promise<string> {
  const hash = createHash('sha256');
  const bytes = await files.read(key, { what: 'an ONNX model', limit: MAX_MODEL_BYTES });
  hash.update(bytes);
  await writeFileAtomic(join(folder, posix.basename(key)), bytes);
  const locations = new Set<string>();
  for (const { external } of inline(readModel(bytes)).initializers.values()) if (external !== undefined) locations.add(external.location);
  let left = MAX_EXTERNAL_DATA_BYTES;
  for (const location of locations) {
    // A model is a stranger's file: it must not say where we write.
    if (isAbsolute(location) || location.includes('\0') || location.split(/[/\\]/).includes('..'))
      throw new GradcamError(
        'invalid-model',
        `the model '${key}' names ${JSON.stringify(location.slice(0, 100))} as a file of its weights, which leads out of its folder`,
      );
    const target = join(folder, location);
    await mkdir(dirname(target), { recursive: true });
    const file = await open(target, 'w');
    try {
      for await (const piece of files.stream(posix.join(posix.dirname(key), location), 'weights of the model')) {
        left -= piece.length;
        if (left < 0) throw new GradcamError('limit', `the weights of '${key}' have more than ${MAX_EXTERNAL_DATA_BYTES} bytes`);
        hash.update(piece);
        await file.writeFile(piece);
      }
    } finally {
      await file.close();
    }
  }
  return hash.digest('hex');
}

/** What is no longer beside the model is not there, either. */
async function fetchSidecar(path: string, files: Files, key: string): Promise<void> {
  try {
    await writeFileAtomic(path, await files.read(key, { what: 'a configuration of the model', limit: MAX_CONFIG_BYTES }));
  } catch (error) {
    if (!(error instanceof GradcamError) || error.code !== 'not-found') throw error;
    await rm(path, { force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
