import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GradcamError, zooEntry } from '@gradcam/core';
import { cacheDirectory, type Environment } from './cache.js';
import { download, isIntact } from './download.js';
import { zooUrls } from './url.js';

/** How far a download has come, in bytes. */
export interface DownloadProgress {
  readonly name: string;
  readonly received: number;
  readonly total: number;
}

/** Options of {@link zooModel}. */
export interface ZooOptions {
  /** Called at the start of a download and after every piece of it; not at all for a file that is there. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Where downloads are kept; default {@link cacheDirectory}. */
  readonly cacheDir?: string;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  /** Default: `process.env`; `GRADCAM_ZOO_URL` is read from it, and the place of the cache. */
  readonly env?: Environment;
  /** Milliseconds without data after which an address is given up; default 30,000. */
  readonly stallMs?: number;
}

const STALL_MS = 30_000;

/** Downloads under way in this process, by path, so that two callers share one. */
const underWay = new Map<string, Promise<string[]>>();

/**
 * The path of a model of the zoo on this machine, downloaded if it is not there yet. Its size and SHA-256 are checked every
 * time; a file that was put there by hand is as good as a downloaded one.
 *
 * @throws GradcamError `unknown-model`; `network` where no address has the file, with how to get it by hand; `not-writable`
 */
export async function zooModel(name: string, options: ZooOptions = {}): Promise<string> {
  const entry = zooEntry(name);
  const env = options.env ?? process.env;
  const path = join(options.cacheDir ?? cacheDirectory(env), 'models', `${name}.onnx`);
  if (await isIntact(path, entry)) return path;

  const urls = zooUrls(entry, env);
  const report = (received: number) => options.onProgress?.({ name, received, total: entry.bytes });
  let running = underWay.get(path);
  if (running === undefined) {
    report(0);
    const { fetch: fetcher = fetch, stallMs = STALL_MS } = options;
    running = download({ urls, path, bytes: entry.bytes, sha256: entry.sha256, fetch: fetcher, stallMs, onBytes: report }).finally(() =>
      underWay.delete(path),
    );
    underWay.set(path, running);
  }
  const failures = await running;
  if (failures.length === 0) return path;
  const wrong = (await exists(path)) ? ' (the file that is there has other content)' : '';
  throw new GradcamError(
    'network',
    `The model '${name}' could not be downloaded from ${failures.join(', ')}. Get ${urls[0]} by hand and save it as '${path}'${wrong}, ` +
      `or set GRADCAM_ZOO_URL to the address of a mirror; SHA-256 ${entry.sha256}.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
