import { readFile, stat } from 'node:fs/promises';
import { GradcamError } from '@gradcam/core';

/** Bytes of a file of labels or of a description; the longest real list of labels has 2 MB. */
const MAX_TEXT_BYTES = 2 ** 23;

/** The text of a small file that the user named. @throws GradcamError `not-found`, `limit` */
export async function readTextFile(path: string, what: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_TEXT_BYTES)
      throw new GradcamError('limit', `expected ${what} of at most ${MAX_TEXT_BYTES} bytes, but '${path}' has ${size}`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof GradcamError) throw error;
    throw new GradcamError('not-found', `expected ${what} at '${path}', but it cannot be read: ${reason(error)}`, { cause: error });
  }
}

/** @throws GradcamError `invalid-preprocess` */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const text = await readTextFile(path, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    const words = error instanceof Error ? error.message : '';
    throw new GradcamError('invalid-preprocess', `expected JSON in '${path}' (${words})`, { cause: error });
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EISDIR') return 'that is a folder';
  return code === 'EACCES' ? 'permission denied' : code || String(error);
}
