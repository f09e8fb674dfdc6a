import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GradcamError } from '@gradcam/core';
import { errnoCode } from '@gradcam/node';
import { diskFiles } from './files/disk.js';
import { isRemote } from './files/files.js';
import { classFinder } from './job/classes.js';
import { type Item, type KeyedItem, newKey } from './job/item.js';
import type { Job } from './job/job.js';
import { claim } from './job/question.js';
import { Ledger } from './ledger/ledger.js';
import { type OpenStages, openStages } from './stages/open.js';
import { explainPicture } from './stages/picture.js';
import type { Stages } from './stages/stages.js';
import { makeTables } from './tables/make.js';
import type { Totals } from './tables/tables.js';
import type { Threads } from './threads/stages.js';

/** How far a run is. */
export interface Progress {
  /** Pictures that are done, those of earlier runs among them. */
  readonly done: number;
  /** Of these, what this run did. */
  readonly now: number;
  /** Of what this run did, those that could not be explained. */
  readonly errors: number;
}

/** What is asked of a run. */
export interface BatchOptions {
  /** Where results go. */
  readonly folder: string;
  /** Undefined: all in this thread. */
  readonly threads?: Threads;
  /** Do pictures again that ended in an error. */
  readonly retry?: boolean;
  /** Takes no further pictures once it is aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (progress: Progress) => void;
}

/** How long a run that is stopped waits for the pictures at hand; slow methods take minutes for one. */
const GRACE_MS = 3000;

/** How a run ended. */
export interface Batch extends Progress {
  /** Undefined where the signal stopped it: tables are made at the end. */
  readonly table: Totals | undefined;
}

/**
 * Explains pictures as they come, and writes what was found to a folder. A run that was interrupted, at whatever moment, goes on where it stopped when it
 * is asked again, and ends with the same table and files as one that was not.
 *
 * @param asked what was asked, in full: a folder answers one question only
 * @param items are read as there is room for them
 * @throws GradcamError `not-writable`
 */
export async function runBatch(job: Job, asked: object, items: AsyncIterable<Item>, options: BatchOptions): Promise<Batch> {
  const { folder, threads, signal } = options;
  if (isRemote(folder))
    throw new GradcamError(
      'not-writable',
      `'${folder}': a run on one machine writes down on a disk what is done; give a folder, or put the work on a queue by --queue`,
    );
  await mkdirOrSay(folder);
  const ledger = await Ledger.open(folder, options.retry);
  let open: OpenStages | undefined;
  try {
    await claim(diskFiles(folder), asked, 'local');
    const find = classFinder(job);
    const order = new Set<string>();
    let [done, now, errors] = [0, 0, 0];
    let failure: unknown;
    let writing = Promise.resolve();
    const atHand = new Set<Promise<void>>();
    let given = true;
    const stop = new AbortController();
    const stopToo = () => stop.abort();
    if (signal?.aborted) stopToo();
    signal?.addEventListener('abort', stopToo, { once: true });
    const work = async (stages: Stages, item: KeyedItem) => {
      const result = await explainPicture(stages, job, find, item);
      // What fails because its thread was taken away is no fault of the picture.
      if (!given) return;
      // One line after the other.
      writing = writing.then(() => ledger.add(item, result));
      await writing;
      [done, now] = [done + 1, now + 1];
      if (result.rows.some(({ error }) => error !== null)) errors++;
      options.progress?.({ done, now, errors });
    };
    const iterator = items[Symbol.asyncIterator]();
    for (;;) {
      // A list may come slowly: who wants to stop does not wait for its next line.
      const next = await unlessAborted(iterator.next(), stop.signal);
      if (next === undefined || next.done === true) break;
      const item = next.value;
      const key = newKey(item, order);
      order.add(key);
      if (ledger.has(key)) {
        done++;
        continue;
      }
      open ??= await openStages(job, folder, threads);
      const one: Promise<void> = work(open.stages, { ...item, key })
        .catch((error: unknown) => {
          failure ??= error;
          stop.abort();
        })
        .finally(() => atHand.delete(one));
      atHand.add(one);
      while (atHand.size >= open.room && !stop.signal.aborted) await unlessAborted(Promise.race(atHand), stop.signal);
    }
    const rest = Promise.all(atHand);
    if ((await unlessAborted(rest, stop.signal)) === undefined) await Promise.race([rest, sleep(GRACE_MS, undefined, { ref: false })]);
    given = false;
    signal?.removeEventListener('abort', stopToo);
    await writing.catch(() => undefined);
    if (failure !== undefined) throw failure;
    const table = signal?.aborted ? undefined : await makeTables(ledger.pictures(order), folder);
    return { done, now, errors, table };
  } finally {
    await open?.stages.close();
    await ledger.close();
  }
}

/** What is awaited; undefined once the signal is aborted. A race with a promise that outlives it would keep each of its results in memory. */
function unlessAborted<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    awaited.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function mkdirOrSay(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new GradcamError(
      'not-writable',
      `the folder '${folder}' cannot be made (${errnoCode(error) ?? 'unknown error'}); choose another place`,
      {
        cause: error,
      },
    );
  });
}
