import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { writingError } from '../files/errors.js';
import { tryLock } from '../files/lock.js';
import { fetchPart, WrongAnswer } from './fetch-part.js';

/** A file to be had from any of several addresses, known by size and sum. */
export interface Download {
  readonly urls: readonly string[];
  /** Where it goes; its folder is created. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly fetch: typeof fetch;
  readonly stallMs: number;
  onBytes(received: number): void;
}

/** How often an address is tried again after its connection broke; each time goes on where the last one stopped. */
const ATTEMPTS = 3;

/** Whether a file has the expected size and sum. */
export async function isIntact(path: string, expected: { readonly bytes: number; readonly sha256: string }): Promise<boolean> {
  try {
    if ((await stat(path)).size !== expected.bytes) return false;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
    return hash.digest('hex') === expected.sha256;
  } catch {
    return false;
  }
}

/**
 * Downloads a file into `PATH.part`, which a later call resumes, and gives it its name once its sum is right. While
 * another process is at the same part, this one works on a part of its own: the same bytes twice, but nobody waits for a
 * process that may be stuck.
 *
 * @returns why each address failed; empty when the file is there
 * @throws GradcamError `not-writable`
 */
export async function download(wanted: Download): Promise<string[]> {
  try {
    await mkdir(dirname(wanted.path), { recursive: true });
    const unlock = await tryLock(`${wanted.path}.lock`);
    if (unlock !== undefined) {
      try {
        return await fromMirrors(wanted, `${wanted.path}.part`);
      } finally {
        await unlock();
      }
    }
    const own = `${wanted.path}.${randomUUID().slice(0, 8)}.part`;
    try {
      return await fromMirrors(wanted, own);
    } finally {
      await rm(own, { force: true });
    }
  } catch (error) {
    throw writingError(error, wanted.path);
  }
}

async function fromMirrors(wanted: Download, part: string): Promise<string[]> {
  const failures: string[] = [];
  for (const url of wanted.urls) {
    const failure = await fromMirror(wanted, part, url);
    if (failure === undefined) return [];
    failures.push(`${url} (${failure})`);
  }
  return failures;
}

/** @returns why it failed, or undefined */
async function fromMirror(wanted: Download, part: string, url: string): Promise<string | undefined> {
  let failure = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await sizeOf(part);
    try {
      await fetchInto(wanted, part, url);
    } catch (error) {
      if (error instanceof GradcamError) throw error;
      failure = reason(error);
      // Another address may still go on from what is there.
      const worthwhile = error instanceof WrongAnswer ? error.spoilt && before > 0 : (await sizeOf(part)) > before;
      if (error instanceof WrongAnswer && error.spoilt) await rm(part, { force: true });
      if (worthwhile) continue;
      return failure;
    }
    if (await isIntact(part, wanted)) {
      await rename(part, wanted.path);
      return undefined;
    }
    await rm(part, { force: true });
    failure = 'other content than expected';
    // Where an old part was resumed, that may have been the cause: once more from the start.
    if (before === 0) return failure;
  }
  return failure;
}

async function fetchInto(wanted: Download, path: string, url: string): Promise<void> {
  const part = await open(path, constants.O_RDWR | constants.O_CREAT).catch((error: unknown) => {
    throw writingError(error, path);
  });
  try {
    await fetchPart({ url, part, bytes: wanted.bytes, fetch: wanted.fetch, stallMs: wanted.stallMs, onBytes: wanted.onBytes });
    await part.sync();
  } finally {
    await part.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** The platform's fetch says only `fetch failed`, and why in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
