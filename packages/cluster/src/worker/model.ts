import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { fetchModel, isRemote } from '@gradcam/jobs';
import type { Run } from '../run/check.js';
import type { Allowed } from './allowed.js';

/** Models that the worker has of its own, by the name that reports call them: the bundled one, those of the zoo. */
export type OwnModels = (name: string) => Promise<string | undefined>;

/**
 * The file of a run's model on this machine: the same bytes, wherever they lie.
 *
 * @throws GradcamError `not-found` where it is not there, is another, or may not be used
 */
export async function findModel({ job, sha256 }: Run, allowed: Allowed, own: OwnModels): Promise<string> {
  const { name, path, external } = job.model;
  const ownPath = await own(name);
  if (ownPath !== undefined && (await digestOf([ownPath])) === sha256) return ownPath;
  if (isRemote(path)) {
    await allowed.check(path);
    return fetchModel(path, sha256);
  }
  const files = [path, ...external.map((location) => join(dirname(path), location))];
  for (const file of files) await allowed.check(file);
  if (external.some(isAbsolute))
    throw new GradcamError('not-found', `the model '${name}' names files of weights that do not lie beside it`);
  const found = await digestOf(files);
  if (found === sha256) return path;
  throw new GradcamError(
    'not-found',
    found === undefined
      ? `the model '${path}' is not there; workers need it at the same path, or as s3://BUCKET/PATH`
      : `the model '${path}' is not the one that the run began with (sha256 ${found.slice(0, 12)}…, not ${sha256.slice(0, 12)}…)`,
  );
}

async function digestOf(files: readonly string[]): Promise<string | undefined> {
  const hash = createHash('sha256');
  for (const file of files) {
    if (!(await stat(file).catch(() => undefined))?.isFile()) return undefined;
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
  }
  return hash.digest('hex');
}
