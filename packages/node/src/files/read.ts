import { type FileHandle, open } from 'node:fs/promises';
import { GradcamError } from '@gradcam/core';
import { readingError } from './errors.js';

/** What a reader wants of {@link readBytes}. */
export interface ReadBytesOptions {
  /** What is looked for, with its article, for messages: `an image`. */
  readonly what: string;
  /** Bytes beyond which the file is refused. */
  readonly limit: number;
  /** What to do about a file that is too large, for the message. */
  readonly advice?: string;
  /** Bytes left free behind the content in the underlying buffer; default none. */
  readonly spare?: number;
}

/** A single read of more than 2 GiB is refused by some systems; this size costs nothing in speed. */
const CHUNK_BYTES = 2 ** 26;

/**
 * The content of a file; of a pipe or another stream (`/dev/stdin`) what comes out of it. Never more than the limit is
 * held in memory, whatever size the file claims or grows to.
 *
 * @throws GradcamError `not-found` or `limit`
 */
export async function readBytes(path: string, options: ReadBytesOptions): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const stats = await file.stat();
    return stats.isFile() ? await readFile(file, stats.size, path, options) : await readStream(file, path, options);
  } catch (error) {
    throw await readingError(error, options.what, path);
  } finally {
    await file?.close();
  }
}

async function readFile(file: FileHandle, size: number, path: string, options: ReadBytesOptions): Promise<Uint8Array> {
  if (size > options.limit) throw tooLarge(path, options, `has ${size} bytes`);
  // Files of /proc and the like claim to be empty.
  if (size === 0) return readStream(file, path, options);
  const bytes = allocate(size + (options.spare ?? 0), path, options);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, Math.min(CHUNK_BYTES, size - length), length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

async function readStream(file: FileHandle, path: string, options: ReadBytesOptions): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of file.createReadStream({ autoClose: false })) {
    if (!(part instanceof Uint8Array)) continue;
    length += part.length;
    if (length > options.limit) throw tooLarge(path, options, 'is longer');
    parts.push(part);
  }
  const bytes = allocate(length + (options.spare ?? 0), path, options);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.subarray(0, length);
}

function allocate(size: number, path: string, options: ReadBytesOptions): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (error) {
    throw new GradcamError('limit', `There is not enough memory for the ${size} bytes of ${options.what} at '${path}'.`, { cause: error });
  }
}

function tooLarge(path: string, { what, limit, advice }: ReadBytesOptions, how: string): GradcamError {
  return new GradcamError(
    'limit',
    `Expected ${what} of at most ${limit} bytes, but '${path}' ${how}${advice === undefined ? '' : `; ${advice}`}.`,
  );
}
