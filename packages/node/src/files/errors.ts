import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GradcamError, nearest } from '@gradcam/core';
import { MAX_SUGGESTION_CANDIDATES } from '../limits.js';

/** The code of a failed system call (`ENOENT`), or undefined. */
export function errnoCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Why a file could not be read, in one line.
 *
 * @param what what was looked for, with its article: `an image`
 */
export async function readingError(error: unknown, what: string, path: string): Promise<GradcamError> {
  if (error instanceof GradcamError) return error;
  switch (errnoCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new GradcamError('not-found', `Expected ${what} at '${path}', but there is no such file${await suggestion(path)}.`, {
        cause: error,
      });
    case 'EISDIR':
      return new GradcamError('not-found', `Expected ${what} at '${path}', but that is a folder; give a file.`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new GradcamError('not-found', `Expected ${what} at '${path}', but the file may not be read (permission denied).`, {
        cause: error,
      });
    default:
      return new GradcamError('not-found', `Expected ${what} at '${path}', but the file cannot be read: ${reason(error)}.`, {
        cause: error,
      });
  }
}

/** Why a file could not be written, in one line. */
export function writingError(error: unknown, path: string): GradcamError {
  if (error instanceof GradcamError) return error;
  const why = ((): string => {
    switch (errnoCode(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        return `there is no folder '${dirname(path)}'; create it first`;
      case 'EISDIR':
        return 'that is a folder; give the name of a file';
      case 'EACCES':
      case 'EPERM':
        return 'permission denied; choose another folder';
      case 'EROFS':
        return 'the file system is read-only; choose another folder';
      case 'ENOSPC':
      case 'EDQUOT':
        return 'no space is left there';
      case 'ENAMETOOLONG':
        return 'the name is too long';
      default:
        return reason(error);
    }
  })();
  return new GradcamError('not-writable', `'${path}' cannot be written: ${why}.`, { cause: error });
}

/** Node.js words a failed call as `EIO: i/o error, read`. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message.split('\n', 1).join('') : String(error);
}

async function suggestion(path: string): Promise<string> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return `, nor a folder '${folder}'`;
  const near = nearest(basename(path), names.slice(0, MAX_SUGGESTION_CANDIDATES));
  return near.length > 0 ? `; near it there is ${near.map((name) => `'${join(folder, name)}'`).join(', ')}` : '';
}
