import type { Tensor } from '@gradcam/core';
import { Pool } from '@gradcam/jobs/threads';
import type { ServedModel } from '../served.js';
import type { Drawing } from '../stages/draw.js';
import type { Answer, Question } from '../stages/explain.js';
import type { Read, Reading } from '../stages/read.js';
import type { Asked } from '../threads/network.js';
import type { Engine, EngineOptions } from './engine.js';
import { Line } from './line.js';
import { Lines } from './lines.js';

type PictureTask = { readonly name: 'read'; readonly task: Reading } | { readonly name: 'write'; readonly task: Drawing };

/** Networks and pictures in threads of their own; this one answers requests. @throws GradcamError where a network cannot be opened */
export async function openEngine(models: readonly ServedModel[], options: EngineOptions): Promise<Engine> {
  const pools: Pool[] = [];
  const pool = (module: string, workerData: object, threads: number) => {
    const opened = new Pool(new URL(module, import.meta.url), workerData, threads, 1);
    pools.push(opened);
    return opened;
  };
  const close = async () => {
    await Promise.all(pools.map((one) => one.close()));
  };
  const pictures = pool('../threads/pictures.js', {}, options.pictures);
  const pictureLine = new Line<PictureTask, unknown>({
    runs: options.pictures,
    most: 1,
    group: () => '',
    run: (tasks) => Promise.all(tasks.map(({ name, task }) => pictures.ask(name, task))),
  });
  const lines = new Lines(options);
  const opening: Promise<void>[] = [];
  for (const model of models) {
    const networks = pool('../threads/network.js', { job: model.job }, options.networks);
    for (let thread = 0; thread < options.networks; thread++) opening.push(networks.ask('open'));
    lines.add(model, (...asked) => explain(networks, ...asked));
  }
  try {
    await Promise.all(opening);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    read: async (task, signal) => (await pictureLine.submit({ name: 'read', task }, signal)) as Read,
    draw: async (task, signal) => (await pictureLine.submit({ name: 'write', task }, signal)) as Uint8Array,
    explain: (...asked) => lines.explain(...asked),
    waiting: (model) => lines.waiting(model),
    close,
  };
}

async function explain(networks: Pool, tensors: readonly Tensor[], question: Question, signal: AbortSignal): Promise<readonly Answer[]> {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  signal.addEventListener('abort', () => Atomics.store(stop, 0, 1), { once: true });
  if (signal.aborted) Atomics.store(stop, 0, 1);
  const asked: Asked = { tensors, question, stop };
  // A picture whose run fails for another's fault is asked again: its memory is moved only where it is alone.
  return networks.ask('explain', asked, tensors.length === 1 ? tensors.map(({ data }) => data) : []);
}
