import type { Explainer } from '@gradcam/core';
import type { Job } from '../job/job.js';
import { openNetwork } from '../stages/explain.js';
import { answer } from './answer.js';
import { systemThread } from './priority.js';

/** What a thread is that has the network of a job, and nothing else: a run of it stops the whole thread. */
export interface OwnNetwork {
  readonly network: Promise<Explainer>;
  /** Answers with the system's number of the thread, once the network is ready. */
  open(): Promise<unknown>;
}

/** Opens the network of this thread, which asks for it as it starts. */
export function ownNetwork(job: Job): OwnNetwork {
  const network = openNetwork(job);
  // Whoever asks hears of it.
  network.catch(() => undefined);
  const open = async () => {
    await network;
    return systemThread();
  };
  return { network, open: () => answer(open, () => []) };
}
