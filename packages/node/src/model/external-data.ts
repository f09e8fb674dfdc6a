import { realpath, stat } from 'node:fs/promises';
import { dirname, join, posix, resolve, sep, win32 } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { errnoCode, readingError } from '../files/errors.js';
import { readBytes } from '../files/read.js';
import { MAX_EXTERNAL_DATA_BYTES, MAX_EXTERNAL_DATA_FILES } from '../limits.js';

/** Characters of a location, as most systems limit a path. */
const MAX_LOCATION_LENGTH = 4096;

/**
 * Reads the weights that a model keeps in files beside it. A model is a stranger's file, so every location is checked
 * before anything is opened: relative, without `..`, and a regular file that no link takes out of the model's folder.
 *
 * @param locations as they are written in the model; doubles are read once
 * @returns location → content, as a session's `externalData`
 * @throws GradcamError `invalid-model` for locations outside of the folder, `not-found`, or `limit`
 */
export async function readExternalData(modelPath: string, locations: readonly string[]): Promise<Map<string, Uint8Array>> {
  const unique = new Set(locations);
  if (unique.size > MAX_EXTERNAL_DATA_FILES) {
    throw new GradcamError(
      'limit',
      `The model '${modelPath}' keeps weights in ${unique.size} files; at most ${MAX_EXTERNAL_DATA_FILES} are read.`,
    );
  }
  const folder = dirname(resolve(modelPath));
  const contents = new Map<string, Uint8Array>();
  let left = MAX_EXTERNAL_DATA_BYTES;
  for (const location of unique) {
    const path = await locate(folder, location, modelPath);
    const bytes = await readBytes(path, {
      what: 'weights of the model',
      limit: left,
      advice: `all together may have ${MAX_EXTERNAL_DATA_BYTES}`,
    });
    left -= bytes.length;
    contents.set(location, bytes);
  }
  return contents;
}

async function locate(folder: string, location: string, modelPath: string): Promise<string> {
  const refuse = (why: string) =>
    new GradcamError(
      'invalid-model',
      `The model '${modelPath}' names ${JSON.stringify(location.slice(0, 100))} as a file of its weights, ${why}.`,
    );
  // Both systems' rules everywhere: what one takes for a name, the other may take for a way out.
  if (location.trim() === '' || location.length > MAX_LOCATION_LENGTH || location.includes('\0')) throw refuse('which is not a path');
  if (posix.isAbsolute(location) || win32.isAbsolute(location) || /^[A-Za-z]:/.test(location) || location.split(/[/\\]/).includes('..')) {
    throw refuse('which leads out of its folder; only files beside the model are read');
  }

  const path = join(folder, location);
  let target: string;
  let regular: boolean;
  try {
    target = await realpath(path);
    regular = (await stat(target)).isFile();
  } catch (error) {
    if (errnoCode(error) !== 'ENOENT') throw await readingError(error, 'weights of the model', path);
    throw new GradcamError(
      'not-found',
      `The model '${modelPath}' keeps weights in '${location}', but there is no '${path}'; put that file there.`,
      {
        cause: error,
      },
    );
  }
  const root = await realpath(folder);
  if (!target.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw refuse('but that is a link which leads out of its folder; copy the file there instead');
  }
  if (!regular) throw refuse('but that is not a regular file');
  return target;
}
