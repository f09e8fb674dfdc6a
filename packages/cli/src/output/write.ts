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

/** What a command that is stopped ends with, where it says so. */
let statusWhenStopped: number | undefined;

/**
 * Has a command that is stopped wait for work that ends by itself.
 *
 * @param status what the command then ends with, where being stopped is nothing wrong: a service knows no other end
 */
export async function endWith<T>(work: Promise<T>, status?: number): Promise<T> {
  statusWhenStopped = status;
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

/** Resolves once no file is half-written. @returns exit status, where the command says one */
export async function finishWriting(): Promise<number | undefined> {
  await Promise.allSettled(writing);
  return statusWhenStopped;
}

async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new GradcamError('not-writable', `the folder '${path}' cannot be made (${code}); choose another --output`, { cause: error });
  }
}
