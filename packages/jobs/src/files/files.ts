import { basename, dirname, isAbsolute, join, posix } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { errnoCode } from '@gradcam/node';
import { diskFiles } from './disk.js';

/** What a reader looks for. */
export interface Sought {
  /** With its article, for messages: `an image`. */
  readonly what: string;
  /** Bytes beyond which it is refused. */
  readonly limit: number;
}

/**
 * The files of one place: a folder on a disk, or what lies below a prefix of an S3 bucket. Paths are relative to it, their parts separated by `/`.
 *
 * All of them throw GradcamError `network` where the place itself cannot be used: its host is away, nobody has the keys, there is no such bucket.
 */
export interface Files {
  /** As it was given. */
  readonly location: string;
  /** The whole of a file. @throws GradcamError `not-found`, `limit` */
  read(path: string, sought: Sought): Promise<Uint8Array>;
  /** A file of any size, piece by piece as it is asked for; hours may pass in between. @throws GradcamError `not-found` */
  stream(path: string, what: string): AsyncIterable<Uint8Array>;
  /** Bytes of a file; undefined where there is none. */
  size(path: string): Promise<number | undefined>;
  /**
   * The files below a folder, in the order of their paths; none where there is no folder. What is below a name that begins with a dot is hidden.
   *
   * @param except a location whose files are left out
   */
  list(below?: string, except?: string): AsyncIterable<string>;
  /** Writes a file: under its name it is whole, or it is not there. @throws GradcamError `not-writable` */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** The same of a file on a disk, of any size. The file may be gone then. @throws GradcamError `not-writable` */
  upload(path: string, file: string): Promise<void>;
  /** A file that is not there is none to remove. @throws GradcamError `not-writable` */
  remove(path: string): Promise<void>;
}

const SCHEME = 's3://';

/** Whether a location is one of S3. */
export function isRemote(location: string): boolean {
  return location.startsWith(SCHEME);
}

const known = new Map<string, Promise<Files>>();

/** Locations that are remembered: the buckets of a run's sources, and its results. */
const MAX_KNOWN = 100;

/**
 * The files of a location: a folder, or `s3://BUCKET/PREFIX`, for which the AWS SDK is loaded.
 *
 * @throws GradcamError `runtime` where the SDK is not installed, `not-found` for a location that is none
 */
export function filesAt(location: string): Promise<Files> {
  if (!isRemote(location)) return Promise.resolve(diskFiles(location));
  const before = known.get(location);
  if (before !== undefined) return before;
  const files = openRemote(location);
  if (known.size < MAX_KNOWN) known.set(location, files);
  files.catch(() => known.delete(location));
  return files;
}

/** The file at a location: the files that it is one of, and its path there. @throws as `filesAt` */
export async function fileAt(location: string): Promise<readonly [files: Files, path: string]> {
  if (!isRemote(location)) return [diskFiles(dirname(location)), basename(location)];
  const { bucket, key } = addressOf(location);
  return [await filesAt(SCHEME + bucket), key];
}

/** A location as a list in a folder names it: relative to that folder, unless it begins at a root. */
export function joinLocation(folder: string, path: string): string {
  if (isRemote(path) || isAbsolute(path)) return path;
  if (!isRemote(folder)) return join(folder, path);
  const { bucket, key } = addressOf(folder);
  return SCHEME + bucket + posix.join('/', key, path);
}

/** A bucket, and a key or prefix in it. */
export interface Address {
  readonly bucket: string;
  /** Without `/` at its ends. */
  readonly key: string;
}

function addressOf(location: string): Address {
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(location) ?? [];
  if (bucket !== undefined) return { bucket, key: key.replace(/^\/+|\/+$/g, '') };
  throw new GradcamError(
    'not-found',
    `expected s3://BUCKET/PATH, but got '${location}'; a bucket has 3 to 63 small letters, digits, dots and dashes`,
  );
}

async function openRemote(location: string): Promise<Files> {
  const address = addressOf(location);
  try {
    return (await import('./s3.js')).s3Files(location, address);
  } catch (error) {
    if (errnoCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new GradcamError('runtime', `'${location}' needs the AWS SDK: npm install @aws-sdk/client-s3 @aws-sdk/lib-storage`, {
      cause: error,
    });
  }
}
