import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GradcamError } from '@gradcam/core';
import { errnoCode, writeFileAtomic } from '@gradcam/node';
import { classFinder } from './job/classes.js';
import { type Item, type KeyedItem, keyOf } from './job/item.js';
import type { Job } from './job/job.js';
import { Ledger } from './ledger/ledger.js';
import { explainPicture } from './stages/picture.js';
import { type Stages, stagesHere } from './stages/stages.js';
import type { Totals } from './tables/tables.js';
import type { Threads } from './threads/pool.js';

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
  await mkdirOrSay(folder);
  const ledger = await Ledger.open(folder, options.retry);
  let stages: Stages | undefined;
  try {
    await claim(folder, asked);
    // Piscina is loaded where threads are wanted.
    const pool = threads && (await import('./threads/pool.js'));
    const open = () =>
      pool === undefined || threads === undefined ? stagesHere(job, folder) : pool.openStagesInThreads(job, folder, threads);
    const room = pool === undefined || threads === undefined ? 1 : pool.picturesInFlight(threads);
    const find = classFinder(job);
    const order = new Set<string>();
    let [done, now, errors] = [0, 0, 0];
    let failure: unknown;
    let writing = Promise.resolve();
    const atHand = new Set<Promise<void>>();
    let given = true;
    const stop = new AbortController();
    const stopped = aborted(signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]));
    const work = async (open: Stages, item: KeyedItem) => {
      const result = await explainPicture(open, job, find, item);
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
      const next = await Promise.race([iterator.next(), stopped]);
      if (next === undefined || next.done === true) break;
      const item = next.value;
      const key = newKey(item, order);
      order.add(key);
      if (ledger.has(key)) {
        done++;
        continue;
      }
      stages ??= await open();
      const one: Promise<void> = work(stages, { ...item, key })
        .catch((error: unknown) => {
          failure ??= error;
          stop.abort();
        })
        .finally(() => atHand.delete(one));
      atHand.add(one);
      while (atHand.size >= room) await Promise.race(atHand);
    }
    await Promise.race([Promise.all(atHand), stopped.then(() => sleep(GRACE_MS, undefined, { ref: false }))]);
    given = false;
    await writing.catch(() => undefined);
    if (failure !== undefined) throw failure;
    const table = signal?.aborted ? undefined : await (await import('./tables/tables.js')).writeTables(ledger, order);
    return { done, now, errors, table };
  } finally {
    await stages?.close();
    await ledger.close();
  }
}

/** Resolves once the signal is aborted. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** A key that none of the run's items before has: the same picture may be given twice. */
function newKey(item: Item, order: ReadonlySet<string>): string {
  for (let occurrence = 0; ; occurrence++) {
    const key = keyOf(item, occurrence);
    if (!order.has(key)) return key;
  }
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

/** What was asked of a folder, for whoever reads its results. */
export const QUESTION = 'batch.json';

/** Writes down what is asked of the folder; where something else was asked of it before, says what. @throws GradcamError `not-writable` */
async function claim(folder: string, asked: object): Promise<void> {
  const path = join(folder, QUESTION);
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === undefined) {
    await writeFileAtomic(path, new TextEncoder().encode(`${JSON.stringify(asked, undefined, 2)}\n`));
    return;
  }
  const [one, other] = [fieldsOf(before), fieldsOf(JSON.stringify(asked))];
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    if (name === 'versions' || one.get(name) === other.get(name)) continue;
    const shown = (fields: ReadonlyMap<string, string>) => (fields.get(name) ?? 'not set').slice(0, 100);
    throw new GradcamError(
      'not-writable',
      `'${folder}' holds the results of another question: its ${name} is ${shown(one)}, not ${shown(other)}; give another folder, or ask the same again`,
    );
  }
}

function fieldsOf(json: string): Map<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    // Then nothing in it is the same.
  }
  const object = typeof content === 'object' && content !== null ? content : {};
  return new Map(Object.entries(object).map(([name, value]) => [name, JSON.stringify(value)]));
}
