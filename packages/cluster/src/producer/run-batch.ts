import { resolve } from 'node:path';
import { type Batch, claim, filesAt, type Item, isRemote, type Job, makeTables, type Progress } from '@gradcam/jobs';
import { queueAddress } from '../queue/address.js';
import { connect } from '../queue/connect.js';
import { openQueue } from '../queue/queue.js';
import { Board } from '../run/board.js';
import type { Run } from '../run/check.js';
import { cut, digest } from '../run/chunks.js';
import { Store } from '../run/store.js';
import { aborted } from '../signal.js';
import { startTelemetry } from '../telemetry/start.js';
import { Outstanding } from './outstanding.js';

/** What is asked of a run on a queue. */
export interface QueuedBatchOptions {
  /** `redis://` or `rediss://` */
  readonly queue: string;
  /** Where results go: a folder that all workers see at the same path, or s3://BUCKET/PREFIX. */
  readonly folder: string;
  /** Of the model and its files of weights: workers explain this model and no other. */
  readonly sha256: string;
  /** Pictures of a chunk, on average. */
  readonly chunk: number;
  /** Chunks that lie in the queue at once, at most. */
  readonly ahead?: number;
  /** Go before the work is done: the same command gathers it later. */
  readonly leave?: boolean;
  /** Do pictures again that ended in an error. */
  readonly retry?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (progress: Progress) => void;
  /** Hears in words what holds the run up. */
  readonly notice?: (words: string) => void;
}

/** Chunks in the queue: enough for thousands of pictures a second between two looks, and some megabytes of Redis' memory. */
const AHEAD = 1000;

/** How a run on a queue ended; `table` is undefined where it was stopped, or left to the workers. */
export interface QueuedBatch extends Batch {
  readonly left: boolean;
}

/**
 * Puts pictures on a queue as there is room, waits until workers have done them, and makes the table. It can be stopped at any moment and started again, and
 * several may do the same at once: nothing is put twice, what Redis has lost is put again, and the table is that of a run on one machine.
 *
 * @throws GradcamError `network` where the queue cannot be reached, `not-writable`
 */
export async function runQueuedBatch(
  job: Job,
  asked: object,
  items: AsyncIterable<Item>,
  options: QueuedBatchOptions,
): Promise<QueuedBatch> {
  const { signal, notice = () => undefined } = options;
  const folder = located(options.folder);
  const redis = await connect(queueAddress(options.queue), notice);
  const stopTelemetry = await startTelemetry('gradcam-batch', notice);
  try {
    const files = await filesAt(folder);
    await claim(files, asked, 'queue');
    const run: Run = {
      // A model of S3 lies on this disk, too, where workers do not look.
      job: { ...job, model: { ...job.model, path: located(isRemote(job.model.name) ? job.model.name : job.model.path) } },
      sha256: options.sha256,
      folder,
      base: resolve('.'),
    };
    const id = runId(run, asked);
    const store = new Store(files);
    const [board, queue] = [new Board(redis), openQueue(redis)];
    const outstanding = new Outstanding(id, run, { ...options, redis, store, board, queue });
    const stopped = aborted(signal);
    const order: string[] = [];
    // Everything below may wait for Redis or storage: who wants to stop does not.
    const work = async (): Promise<boolean> => {
      await outstanding.begin();
      const known = await store.done();
      for await (const chunk of cut(items, options.chunk)) {
        if (signal?.aborted) return false;
        order.push(chunk.id);
        if (known.has(chunk.id) && !(options.retry && (await hasErrors(store, chunk.id)))) outstanding.knownDone(chunk);
        else await outstanding.put(chunk, known.has(chunk.id), options.ahead ?? AHEAD);
      }
      await outstanding.end();
      await store.writeOrder(id, order);
      return options.leave === true ? false : outstanding.settled();
    };
    const settled = (await Promise.race([work(), stopped])) ?? false;
    const progress = outstanding.progress();
    if (!settled || signal?.aborted) return { ...progress, table: undefined, left: options.leave === true && !signal?.aborted };
    const table = await makeTables(store.pictures(order), folder);
    await Promise.race([board.tableIsMade(id), stopped]);
    return { ...progress, table, left: false };
  } finally {
    redis.disconnect();
    await stopTelemetry();
  }
}

/** The same for the same question, whoever asks it. */
export function runId({ folder, base }: Pick<Run, 'folder' | 'base'>, asked: object): string {
  const { versions: _, ...question } = asked as { readonly versions?: unknown };
  return digest([question, folder, base]);
}

/** A location that means the same to a worker. */
export function located(location: string): string {
  return isRemote(location) ? location.replace(/\/+$/, '') : resolve(location);
}

async function hasErrors(store: Store, chunk: string): Promise<boolean> {
  return (await store.read(chunk)).some(({ rows }) => rows.some(({ error }) => error !== null));
}
