import { Queue, type Job as QueuedJob } from 'bullmq';
import type { Redis } from 'ioredis';
import type { ChunkData } from '../run/check.js';

/** The name of the queue, which all runs share: what was put first is done first. */
export const QUEUE = 'gradcam';

/** How often a chunk is tried that nothing is wrong with: its storage is away, its model is not there yet. */
export const TRIES = 20;

/** Of the waits between tries: 1 s, 2 s, 4 s … a minute. */
const MAX_BACKOFF_MS = 60_000;

export function backoff(triesMade: number): number {
  return Math.min(MAX_BACKOFF_MS, 1000 * 2 ** (triesMade - 1));
}

export type Chunks = Queue<ChunkData>;
export type QueuedChunk = QueuedJob<ChunkData>;

export function openQueue(connection: Redis): Chunks {
  const queue = new Queue<ChunkData>(QUEUE, {
    connection,
    defaultJobOptions: {
      attempts: TRIES,
      backoff: { type: 'custom' },
      // What is done is known by its object in the results' storage.
      removeOnComplete: true,
      removeOnFail: false,
      stackTraceLimit: 0,
    },
    // Nobody reads these events; Redis is to hold little.
    streams: { events: { maxLen: 100 } },
  });
  // Of a lost connection `connect` tells; what fails is told to whoever asked for it.
  queue.on('error', () => undefined);
  return queue;
}

/** A chunk's name in the queue: the same chunk of the same run is put once, whoever puts it. */
export function jobIdOf(run: string, chunk: string): string {
  return `${run}-${chunk}`;
}

/** How many chunks of all runs there are in each state. */
export async function depthOf(
  queue: Chunks,
): Promise<{ readonly waiting: number; readonly active: number; readonly delayed: number; readonly failed: number }> {
  const { waiting = 0, active = 0, delayed = 0, failed = 0 } = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
  return { waiting, active, delayed, failed };
}
