import type { Job } from '../job/job.js';
import type { Drawn } from '../stages/draw.js';
import type { Explained } from '../stages/explain.js';
import type { Read } from '../stages/read.js';
import type { Stages } from '../stages/stages.js';
import { Pool } from './pool.js';
import { giveWayTo } from './priority.js';

/** What a thread is started with. */
export interface ThreadData {
  readonly job: Job;
  /** Of the results. */
  readonly folder: string;
}

/** How many threads there are. */
export interface Threads {
  /** Each with the network in a session of its own. */
  readonly networks: number;
  /** Each decodes, prepares, draws and encodes pictures. */
  readonly pictures: number;
  /** This process has no other work: all else in it gives way to the networks. */
  readonly alone?: boolean;
}

/** Pictures of one thread that are decoded or encoded beside its JavaScript. */
const PICTURES_AT_ONCE = 3;

/** One run, and the next one that waits for it at the thread's door. */
const RUNS_AT_ONCE = 2;

/** How many pictures keep all threads busy. More would only wait, in memory. */
export function picturesInFlight({ networks, pictures }: Threads): number {
  return RUNS_AT_ONCE * networks + PICTURES_AT_ONCE * pictures;
}

/**
 * The stages in threads. A run of the network stops its thread; so pictures have threads of their own, and no network waits for one. Where there are more
 * threads than cores, the system shares these out.
 *
 * @throws GradcamError where the network cannot be opened
 */
export async function openStagesInThreads(job: Job, folder: string, { networks, pictures, alone }: Threads): Promise<Stages> {
  const workerData: ThreadData = { job, folder };
  const network = new Pool(new URL('./network.js', import.meta.url), workerData, networks, RUNS_AT_ONCE);
  const picture = new Pool(new URL('./pictures.js', import.meta.url), workerData, pictures, PICTURES_AT_ONCE);
  const close = async () => {
    await Promise.all([network.close(), picture.close()]);
  };
  try {
    const first = await Promise.all(Array.from({ length: networks }, () => network.ask<number | undefined>('open')));
    if (alone) giveWayTo(first.filter((thread) => thread !== undefined));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    read: (item) => picture.ask<Read>('read', item),
    explain: (tensor, target) => network.ask<Explained>('explain', { tensor, target }, [tensor.data]),
    draw: (drawing) => {
      const { picture: shown, explained } = drawing;
      const maps = explained.explanations.flatMap(({ heatmap, maps }) => [heatmap, ...maps]);
      return picture.ask<Drawn>('write', drawing, [shown?.image.data, shown?.region?.inside, ...maps.map(({ data }) => data)]);
    },
    close,
  };
}
