import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { type Batch, type Item, type Progress, runBatch, type Threads } from '@gradcam/jobs';
import { EXIT, UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { endWith } from '../../output/write.js';
import type { BatchFlags } from './command.js';
import { meterFor } from './progress.js';
import { runQueued } from './queued.js';
import { type Plan, planBatch } from './setup.js';
import { findSources } from './sources.js';

/** Explains the images of all sources. @returns exit status */
export async function batch(sources: readonly string[], flags: BatchFlags, io: Io): Promise<number> {
  const { output: folder } = flags;
  const found = await findSources(sources, folder, flags.root, io);
  const plan = await planBatch(flags, io);
  const meter = meterFor(io, flags.every);
  const over = new AbortController();
  // The total is nice to know; counting must not hold up the first image.
  const counting = found.count(over.signal).then(
    (count) => count !== undefined && meter.total(count),
    () => undefined,
  );
  const begin = performance.now();
  let ended: Batch & { readonly left?: boolean };
  try {
    ended = await endWith(
      (flags.queue === undefined ? runHere : runQueued)(plan, found.items(), flags, meter.show, io).then((batch) => {
        meter.stop();
        if (batch.table === undefined && !('left' in batch && batch.left))
          io.note(`gradcam: stopped: ${count(batch.done)} done; the same command goes on from here`);
        return batch;
      }),
    );
  } catch (error) {
    if (error instanceof GradcamError && error.code === 'not-writable' && isFull(error))
      throw new GradcamError(
        error.code,
        `${error.message.replace(/\.$/, '')}; make room and give the same command again: it goes on from here`,
        {
          cause: error,
        },
      );
    throw error;
  } finally {
    meter.stop();
    over.abort();
    await counting;
  }
  const { table, done, now } = ended;
  if (ended.left) {
    io.out(`${count(done)} done before, the others are on the queue\n`);
    return EXIT.done;
  }
  if (table === undefined) return EXIT.failed;
  if (table.rows === 0) throw new UsageError('expected images, but the list is empty');
  const seconds = (performance.now() - begin) / 1000;
  const speed = now === 0 ? 'all of them before' : `${(now / seconds).toFixed(1)} a second`;
  const errors = table.errors === 0 ? '' : `; ${table.errors} could not be explained: the column error says why`;
  io.out(`${count(done)}, ${table.rows} ${table.rows === 1 ? 'row' : 'rows'}, ${speed}${errors}\n${join(folder, 'results.jsonl')}\n`);
  return EXIT.done;
}

/** Does it on this machine. */
function runHere({ job, asked }: Plan, items: AsyncIterable<Item>, flags: BatchFlags, progress: (progress: Progress) => void, io: Io) {
  const { output: folder } = flags;
  return runBatch(job, asked, items, { folder, ...threadsOf(flags), ...(flags.retry && { retry: true }), signal: io.signal, progress });
}

/** A network for each core, unless it is told otherwise; pictures take turns with them. */
function threadsOf({ workers = availableParallelism() }: BatchFlags): { readonly threads?: Threads } {
  return workers === 0 ? {} : { threads: { networks: workers, pictures: workers, alone: true } };
}

function count(images: number): string {
  return `${images} ${images === 1 ? 'image' : 'images'}`;
}

/** The words of `writingError`: what the system said stays in the thread that wrote. */
function isFull({ message }: GradcamError): boolean {
  return message.includes('no space is left');
}
