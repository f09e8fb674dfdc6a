import { fileURLToPath } from 'node:url';
import { type Answer as Answered, buffersOf, unpack } from '@gradcam/jobs/threads';
import { Piscina } from 'piscina';
import type { ServedModel } from '../served.js';
import type { Drawing } from '../stages/draw.js';
import type { Answer } from '../stages/explain.js';
import type { Read, Reading } from '../stages/read.js';
import type { Asked } from '../threads/network.js';
import { type Asking, type Engine, groupOf, type RunObserver } from './engine.js';
import { Line } from './line.js';

/** How many threads there are, and how much one run takes. */
export interface EngineOptions {
  /** Of each model: its networks, a session of one thread each. */
  readonly networks: number;
  /** Of all models: threads that decode, prepare, draw and encode. */
  readonly pictures: number;
  /** Pictures of one run, where the model can take several. */
  readonly batch: number;
  readonly observe?: RunObserver;
}

type PictureTask = { readonly name: 'read'; readonly task: Reading } | { readonly name: 'write'; readonly task: Drawing };

/** Networks and pictures in threads of their own; this one answers requests. @throws GradcamError where a network cannot be opened */
export async function openEngine(models: readonly ServedModel[], options: EngineOptions): Promise<Engine> {
  const pools: Piscina[] = [];
  const pool = (file: string, threads: number, workerData: object) => {
    // Piscina would have idle threads sleep where they cannot hear of what they began.
    const common = {
      atomics: 'disabled',
      idleTimeout: Number.POSITIVE_INFINITY,
      recordTiming: false,
      concurrentTasksPerWorker: 1,
    } as const;
    const filename = fileURLToPath(new URL(file, import.meta.url));
    const opened = new Piscina({ ...common, filename, workerData, minThreads: threads, maxThreads: threads });
    pools.push(opened);
    return opened;
  };
  const close = async () => {
    await Promise.all(pools.map((one) => one.destroy()));
  };
  const pictures = pool('../threads/pictures.js', options.pictures, {});
  const pictureLine = new Line<PictureTask, unknown>({
    runs: options.pictures,
    most: 1,
    group: () => '',
    run: ([one]) => Promise.all(one === undefined ? [] : [pictures.run(one.task, { name: one.name })]),
  });
  const networkLines = new Map<string, Line<Asking, Answer>>();
  const opening: Promise<Answered<void>>[] = [];
  for (const { name, job, batches } of models) {
    const networks = pool('../threads/network.js', options.networks, { job });
    for (let thread = 0; thread < options.networks; thread++) opening.push(networks.run(undefined, { name: 'open' }));
    const run = (asked: readonly Asking[], signal: AbortSignal) =>
      explain(networks, asked, signal, (...seen) => options.observe?.(name, ...seen));
    networkLines.set(name, new Line({ runs: options.networks, most: batches ? options.batch : 1, group: groupOf, run }));
  }
  try {
    for (const opened of await Promise.all(opening)) unpack(opened);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    read: async (task, signal) => unpack((await pictureLine.submit({ name: 'read', task }, signal)) as Answered<Read>),
    draw: async (task, signal) => unpack((await pictureLine.submit({ name: 'write', task }, signal)) as Answered<Uint8Array>),
    explain: (model, asking, signal) => lineOf(model).submit(asking, signal),
    waiting: (model) => lineOf(model).waiting,
    close,
  };

  function lineOf({ name }: ServedModel): Line<Asking, Answer> {
    const line = networkLines.get(name);
    if (line === undefined) throw new Error(`there is no model '${name}'`);
    return line;
  }
}

async function explain(
  networks: Piscina,
  asked: readonly Asking[],
  signal: AbortSignal,
  observe: (pictures: number, seconds: number) => void,
): Promise<readonly Answer[]> {
  const [first] = asked;
  if (first === undefined) return [];
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  signal.addEventListener('abort', () => Atomics.store(stop, 0, 1), { once: true });
  if (signal.aborted) Atomics.store(stop, 0, 1);
  const tensors = asked.map(({ tensor }) => tensor);
  const task: Asked = { tensors, question: first.question, stop };
  const begin = performance.now();
  // A picture whose run fails for another's fault is asked again: its memory is moved only where it is alone.
  const transferList = asked.length === 1 ? buffersOf(tensors.map(({ data }) => data)) : [];
  const answers = unpack((await networks.run(task, { name: 'explain', transferList })) as Answered<Answer[]>);
  observe(asked.length, (performance.now() - begin) / 1000);
  return answers;
}
