import type { Job } from '../job/job.js';
import type { Threads } from '../threads/stages.js';
import { type Stages, stagesHere } from './stages.js';

/** Stages that are ready, and what they can bear. */
export interface OpenStages {
  readonly stages: Stages;
  /** Pictures that keep all threads busy. More would only wait, in memory. */
  readonly room: number;
}

/** Opens the stages in threads, or in this one. @param folder of the results @throws GradcamError where the network cannot be opened */
export async function openStages(job: Job, folder: string, threads: Threads | undefined): Promise<OpenStages> {
  if (threads === undefined) return { stages: await stagesHere(job, folder), room: 1 };
  // Piscina is loaded where threads are wanted.
  const { openStagesInThreads, picturesInFlight } = await import('../threads/stages.js');
  return { stages: await openStagesInThreads(job, folder, threads), room: picturesInFlight(threads) };
}
