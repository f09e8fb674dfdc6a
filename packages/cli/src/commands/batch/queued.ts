import type { Batch, Item, Progress } from '@gradcam/jobs';
import { UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { loadCluster, queueAddressOf } from '../../queue.js';
import type { BatchFlags } from './command.js';
import type { Plan } from './setup.js';

/** Has workers elsewhere do it. @returns how it ended; `left` where nobody was to wait for it */
export async function runQueued(
  { job, asked, sha256 }: Plan,
  items: AsyncIterable<Item>,
  flags: BatchFlags,
  progress: (progress: Progress) => void,
  io: Io,
): Promise<Batch & { readonly left: boolean }> {
  if (flags.workers !== undefined) throw new UsageError('--workers is for a run on this machine; with --queue, give it to gradcam worker');
  const queue = queueAddressOf(flags.queue);
  const { runQueuedBatch } = await loadCluster();
  return runQueuedBatch(job, asked, items, {
    queue,
    folder: flags.output,
    sha256,
    chunk: flags.chunk,
    ...(!flags.wait && { leave: true }),
    ...(flags.retry && { retry: true }),
    signal: io.signal,
    progress,
    notice: (words) => io.note(`gradcam: ${words}`),
  });
}
