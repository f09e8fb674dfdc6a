import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { writeFileAtomic } from '@gradcam/node';

const writing = new Set<Promise<void>>();

/**
 * Writes a file as a whole or not at all.
 *
 * @param makeFolder whether to create the folder that it goes to
 * @throws GradcamError `not-writable`
 */
export async function writeOutput(path: string, bytes: Uint8Array, makeFolder = false): Promise<void> {
  if (makeFolder) await createFolder(dirname(path));
  const write = writeFileAtomic(path, bytes);
  writing.add(write);
  try {
    await write;
  } finally {
    writing.delete(write);
  }
}

/** Has a command that is stopped wait for work that ends by itself. */
export async function endWith<T>(work: Promise<T>): Promise<T> {
  const end = work.then(
    () => undefined,
    () => undefined,
  );
  writing.add(end);
  try {
    return await work;
  } finally {
    writing.delete(end);
  }
}

/** Resolves once no file is half-written. */
export async function finishWriting(): Promise<void> {
  await Promise.allSettled(writing);
}

async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new GradcamError('not-writable', `the folder '${path}' cannot be made (${code}); choose another --output`, { cause: error });
  }
}
