import { createHash } from 'node:crypto';
import type { Job } from '@gradcam/jobs';
import { UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { version } from '../../version.js';
import { networkOf } from '../explain/network.js';
import { setUp } from '../explain/setup.js';
import type { BatchFlags } from './command.js';

/** The job of a run, and what it is asked in full. */
export interface Plan {
  readonly job: Job;
  readonly asked: object;
  /** Of the model and its files of weights. */
  readonly sha256: string;
}

/** Threads inside one operator: with a network on each core, more would stand in each other's way. */
const THREADS = 1;

/** Opens the model once, so that what is wrong shows before any image is read. */
export async function planBatch(flags: BatchFlags, io: Io): Promise<Plan> {
  if (flags.class.length > 0 && flags.top > 1) throw new UsageError('--class and --top both say what is explained; give one of them');
  const { threads = THREADS, device } = flags;
  const setup = await setUp({ ...flags, threads, method: [flags.method] }, true, io);
  const { explainer, loaded, classes } = setup;
  const { scores } = explainer.model;
  const job: Job = {
    ...networkOf(setup, { ...flags, threads }),
    classes,
    top: Math.min(flags.top, explainer.classes),
    truth: flags.truth === true,
    look: { alpha: flags.alpha, colormap: flags.colormap, ...(flags.compat && { compat: flags.compat }) },
    ...(flags.images !== false && { images: flags.images }),
    maps: flags.maps,
  };
  const { model: __model, runtime: __runtime, session: __session, input: __input, explainer: settings, target, ...rest } = job;
  const digestOfModel = sha256([loaded.bytes, ...loaded.externalData.values()]);
  const asked = {
    versions: { gradcam: version(), runtime: setup.runtime },
    model: { name: loaded.name, sha256: digestOfModel },
    method: flags.method,
    layer: setup.layers,
    ...settings,
    device: device ?? 'cpu',
    optimization: flags.optimization,
    target: target === undefined || typeof target === 'string' ? (target ?? explainer.plan.target.name) : digest(target),
    scores: scores.kind,
    ...rest,
  };
  await explainer.close();
  return { job, asked, sha256: digestOfModel };
}

function sha256(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** A target of many numbers, short; the same for the same. */
function digest(target: object): string {
  const plain = JSON.stringify(target, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value));
  return plain.length < 100 ? plain : `sha256 ${sha256([Buffer.from(plain)])}`;
}
