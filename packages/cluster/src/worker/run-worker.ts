import { hostname } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GradcamError } from '@gradcam/core';
import { filesAt, isRemote, type KeyedItem, type Result, type Threads } from '@gradcam/jobs';
import { UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { queueAddress } from '../queue/address.js';
import { connect } from '../queue/connect.js';
import { backoff, depthOf, jobIdOf, openQueue, QUEUE, type QueuedChunk } from '../queue/queue.js';
import { Board } from '../run/board.js';
import { type ChunkData, checkedChunk, type Run } from '../run/check.js';
import { chunkId } from '../run/chunks.js';
import { Store } from '../run/store.js';
import { aborted, unlessAborted } from '../signal.js';
import { watchQueue } from '../telemetry/metrics.js';
import { startTelemetry } from '../telemetry/start.js';
import { processChunk } from '../telemetry/traces.js';
import { Allowed } from './allowed.js';
import { explainChunk } from './chunk.js';
import { Hosts } from './hosts.js';
import type { OwnModels } from './model.js';

/** How a worker works. */
export interface WorkerOptions {
  /** `redis://` or `rediss://` */
  readonly queue: string;
  /** Folders and s3://BUCKET/PREFIX that it may read and write below. */
  readonly allow: readonly string[];
  /** Undefined: all in one thread. */
  readonly threads?: Threads;
  readonly ownModels?: OwnModels;
  /** Longest time for a picture. */
  readonly imageSeconds: number;
  /** Tries of a picture that its worker dies of. */
  readonly attempts: number;
  /** Once it is told to stop: how long the chunks at hand may still take before they are given back. */
  readonly graceSeconds: number;
  /** A worker that was not heard of for so long has lost its chunks to others. */
  readonly stalledSeconds: number;
  readonly signal?: AbortSignal | undefined;
  /** The queue is there, and work can come. */
  readonly ready?: () => void;
  readonly notice?: (words: string) => void;
}

/** What a worker has done. */
export interface Worked {
  readonly images: number;
  readonly errors: number;
}

/** Chunks that a worker has at hand: while one ends, and only some threads have work, the next one begins. */
const CHUNKS_AT_HAND = 3;

/** Times that a chunk is taken over from dead workers before no picture of it is trusted: once may be chance. */
const DEATHS_BEFORE_WARY = 2;

/** What giving back and saying goodbye may take beyond the grace. */
const GOODBYE_MS = 3000;

/**
 * Takes chunks from the queue and explains their pictures, until the signal.
 *
 * @throws GradcamError `network` where the queue cannot be reached at first
 */
export async function runWorker(options: WorkerOptions): Promise<Worked> {
  const { signal, notice = () => undefined } = options;
  const redis = await connect(queueAddress(options.queue), notice);
  const stopTelemetry = await startTelemetry('gradcam-worker', notice);
  const queue = openQueue(redis);
  const unwatch = watchQueue(() => depthOf(queue));
  const allowed = await Allowed.of(options.allow);
  const hosts = new Hosts({
    allowed,
    ownModels: options.ownModels ?? (async () => undefined),
    threads: options.threads,
    limitMs: 1000 * options.imageSeconds,
  });
  const board = new Board(redis);
  const giveBack = new AbortController();
  let [images, errors] = [0, 0];

  const work = async (queued: QueuedChunk): Promise<boolean> => {
    const data = dataOf(queued);
    return processChunk({ id: jobIdOf(data.run, data.chunk), images: data.items.length }, data.trace, () => explain(queued, data));
  };

  /** @returns whether the chunk is done */
  const explain = async (queued: QueuedChunk, data: ChunkData): Promise<boolean> => {
    const run = await board.run(data.run);
    if (run === undefined)
      throw new GradcamError('not-found', 'the queue has lost the description of a run: its producer puts it again, if it still runs');
    await allowed.check(run.folder);
    const store = new Store(await filesAt(run.folder));
    const isDone = await store.has(data.chunk);
    if (isDone && data.retry !== true) return true;
    const before = isDone ? await sound(store, data.chunk) : new Map<string, Result>();
    const items = data.items.filter(({ key }) => !before.has(key));
    if (items.length > 0) {
      for (const item of items) await checkItem(item, run, allowed);
      const care = {
        attempts: options.attempts,
        wary: queued.stalledCounter >= DEATHS_BEFORE_WARY,
        tries: data.tries ?? {},
        remember: (tries: Readonly<Record<string, number>>) => queued.updateData({ ...data, tries }),
      };
      const now = await hosts.use(data.run, run, (host) => explainChunk(run.job, items, (item, alone) => host.explain(item, alone), care));
      // Given back, it is another's.
      if (giveBack.signal.aborted) return false;
      const results = data.items.map((item) => [item, now.get(item.key) ?? before.get(item.key) ?? none] as const);
      await store.write(data.chunk, results);
      const wrong = [...now.values()].filter(({ rows }) => rows.some(({ error }) => error !== null)).length;
      [images, errors] = [images + items.length, errors + wrong];
      await board.count(data.run, items.length, wrong);
    }
    return true;
  };

  const worker = new Worker<ChunkData>(
    QUEUE,
    async (queued, token) => {
      if (await unlessAborted(work(queued), giveBack.signal)) return;
      await queued.moveToWait(token);
      throw new WaitingError();
    },
    {
      connection: redis,
      name: `${hostname()}:${process.pid}`,
      concurrency: CHUNKS_AT_HAND,
      lockDuration: 1000 * options.stalledSeconds,
      stalledInterval: 1000 * options.stalledSeconds,
      // Who dies of a picture is found out below, by its tries.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: 1000,
      settings: { backoffStrategy: backoff },
    },
  );
  const told = new Set<string>();
  worker.on('failed', (_, { message }) => {
    if (told.size < 1000 && !told.has(message)) notice(`a chunk waits for another try: ${message}`);
    told.add(message);
  });
  // Lost connections are told where they are made; a lost lock means that another worker has the chunk.
  worker.on('error', () => undefined);

  options.ready?.();
  await aborted(signal);
  const closed = worker.close().catch(() => undefined);
  const inTime = await Promise.race([closed.then(() => true), sleep(1000 * options.graceSeconds, false, { ref: false })]);
  if (!inTime) {
    giveBack.abort();
    await Promise.race([closed, sleep(GOODBYE_MS, undefined, { ref: false })]);
  }
  hosts.close();
  unwatch();
  await stopTelemetry();
  redis.disconnect();
  return { images, errors };
}

const none: Result = { rows: [], maps: [] };

/** @throws UnrecoverableError for what no producer has put: no other worker would fare better */
function dataOf(queued: QueuedChunk): ChunkData {
  let data: ChunkData;
  try {
    data = checkedChunk(queued.data);
  } catch (error) {
    throw new UnrecoverableError(error instanceof Error ? error.message : String(error));
  }
  if (queued.id !== jobIdOf(data.run, data.chunk) || data.chunk !== chunkId(data.items))
    throw new UnrecoverableError('the queue holds a chunk whose name is not that of its pictures');
  return data;
}

/** The pictures of a finished chunk that have no error. */
async function sound(store: Store, chunk: string): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  for (const { key, rows, maps } of await store.read(chunk))
    if (rows.every(({ error }) => error === null)) results.set(key, { rows, maps: await maps() });
  return results;
}

async function checkItem({ image, mask }: KeyedItem, { base }: Run, allowed: Allowed): Promise<void> {
  for (const path of mask === undefined ? [image] : [image, mask.path])
    await allowed.check(isRemote(path) || isAbsolute(path) ? path : resolve(base, path));
}
