import { availableParallelism } from 'node:os';
import { zooNames } from '@gradcam/core';
import { zooModel } from '@gradcam/node';
import { EXIT } from '../../errors.js';
import type { Io } from '../../io.js';
import { BUNDLED } from '../../model/bundled.js';
import { endWith } from '../../output/write.js';
import { loadCluster, queueAddressOf } from '../../queue.js';
import type { WorkerFlags } from './command.js';

/** Works until it is told to stop. @returns exit status */
export async function worker(flags: WorkerFlags, io: Io): Promise<number> {
  const queue = queueAddressOf(flags.queue);
  const { runWorker, queueAddress, shownAddress } = await loadCluster();
  const { workers = availableParallelism() } = flags;
  const allow = flags.allow.length > 0 ? flags.allow : ['.'];
  const notice = (words: string) => io.note(`gradcam: ${words}`);
  const work = runWorker({
    queue,
    allow,
    ...(workers > 0 && { threads: { networks: workers, pictures: workers, alone: true } }),
    ownModels,
    imageSeconds: flags.imageTimeout,
    attempts: flags.attempts,
    graceSeconds: flags.grace,
    stalledSeconds: flags.stalled,
    signal: io.signal,
    ready: () => notice(`taking images from ${shownAddress(queueAddress(queue))}, reading and writing below ${allow.join(', ')}`),
    notice,
  }).then(({ images, errors }) => {
    io.out(`${images} ${images === 1 ? 'image' : 'images'}${errors > 0 ? `; ${errors} could not be explained` : ''}\n`);
  });
  await endWith(work, EXIT.done);
  return EXIT.done;
}

/** Models that come with the command, or that it knows where to fetch: a run names them, and no path. */
async function ownModels(name: string): Promise<string | undefined> {
  if (name === BUNDLED.name) return BUNDLED.path;
  return zooNames().includes(name) ? zooModel(name) : undefined;
}
