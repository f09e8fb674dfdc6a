import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, opendir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { errnoCode, readBytes, readingError, writingError } from '@gradcam/node';
import type { Files } from './files.js';

/** What a run keeps for itself, below its results. */
export const PRIVATE = '.gradcam';

/** Below `PRIVATE`: files in the making. What is left there when a run begins is nobody's. */
export const UNFINISHED = 'unfinished';

/** The files of a folder. Nothing is made before the first file is written. */
export function diskFiles(folder: string): Files {
  const at = (path: string) => join(folder, path);
  return {
    location: folder,
    read: (path, sought) => readBytes(at(path), sought),
    async *stream(path, what) {
      try {
        yield* createReadStream(at(path)) as AsyncIterable<Uint8Array>;
      } catch (error) {
        throw await readingError(error, what, at(path));
      }
    },
    async size(path) {
      try {
        return (await stat(at(path))).size;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw await readingError(error, 'a file', at(path));
      }
    },
    list: (below = '', except) => walk(folder, below, except === undefined ? undefined : resolve(except), []),
    write: (path, bytes) => replace(folder, path, (temporary) => writeFile(temporary, bytes)),
    upload: (path, file) => replace(folder, path, (temporary) => moveFile(file, temporary)),
    remove: (path) =>
      rm(at(path), { force: true }).catch((error: unknown) => {
        throw writingError(error, at(path));
      }),
  };
}

/**
 * Nothing waits for the disk: a killed process loses no written byte, and what a machine that lost its power has lost, the ledger sees when the run goes on.
 *
 * @param fill writes a file that nobody else knows of
 */
async function replace(folder: string, path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  const [target, temporary] = [join(folder, path), join(folder, PRIVATE, UNFINISHED, randomUUID())];
  try {
    await inFolder(temporary, () => fill(temporary));
    await inFolder(target, () => rename(temporary, target));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writingError(error, target);
  }
}

/** Makes the folder of a path only where it turns out to be missing. */
async function inFolder(path: string, write: () => Promise<void>): Promise<void> {
  await write().catch(async (error: unknown) => {
    if (errnoCode(error) !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    await write();
  });
}

async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: unknown) => {
    // Another disk.
    if (errnoCode(error) !== 'EXDEV') throw error;
    await copyFile(from, to);
  });
}

/** Links are followed, but not in circles. @param above the folders that this one lies in, without links */
async function* walk(root: string, below: string, except: string | undefined, above: readonly string[]): AsyncGenerator<string> {
  const folder = join(root, below);
  const names: string[] = [];
  let real: string;
  try {
    real = await realpath(folder);
    if (above.includes(real) || (except !== undefined && isBelow(real, except))) return;
    for await (const entry of await opendir(folder)) {
      if (entry.name.startsWith('.')) continue;
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(folder, entry.name))));
      // S3 has no folders, but paths with a / in them: in their order, so that a list is the same everywhere.
      names.push(isFolder ? `${entry.name}/` : entry.name);
    }
  } catch (error) {
    if (isMissing(error)) return;
    throw await readingError(error, 'a folder', folder);
  }
  const before = below === '' || below.endsWith('/') ? below : `${below}/`;
  for (const name of names.sort()) {
    if (name.endsWith('/')) yield* walk(root, before + name, except, [...above, real]);
    else yield before + name;
  }
}

async function leadsToFolder(link: string): Promise<boolean> {
  return (await stat(link).catch(() => undefined))?.isDirectory() === true;
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

function isMissing(error: unknown): boolean {
  return errnoCode(error) === 'ENOENT' || errnoCode(error) === 'ENOTDIR';
}
