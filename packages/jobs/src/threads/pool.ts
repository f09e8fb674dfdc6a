import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Job } from '../job/job.js';
import type { Drawn } from '../stages/draw.js';
import type { Explained } from '../stages/explain.js';
import type { Read } from '../stages/read.js';
import type { Stages } from '../stages/stages.js';
import { type Answer, buffersOf, unpack } from './answer.js';
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
  // Piscina would have idle threads sleep where they cannot hear of what they began.
  const common = { workerData, atomics: 'disabled', idleTimeout: Number.POSITIVE_INFINITY, recordTiming: false } as const;
  const pool = (file: string, threads: number, concurrentTasksPerWorker: number) =>
    new Piscina({
      ...common,
      filename: fileURLToPath(new URL(file, import.meta.url)),
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker,
    });
  const network = pool('./network.js', networks, RUNS_AT_ONCE);
  const picture = pool('./pictures.js', pictures, PICTURES_AT_ONCE);
  const close = async () => {
    await Promise.all([network.destroy(), picture.destroy()]);
  };
  try {
    const ready = Array.from({ length: networks }, () => network.run(undefined, { name: 'open' }) as Promise<Answer<number | undefined>>);
    const first = (await Promise.all(ready)).map(unpack);
    if (alone) giveWayTo(first.filter((thread) => thread !== undefined));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    read: async (item) => unpack<Read>((await picture.run(item, { name: 'read' })) as Answer<Read>),
    explain: async (tensor, target) => {
      const transferList = buffersOf([tensor.data]);
      return unpack<Explained>((await network.run({ tensor, target }, { name: 'explain', transferList })) as Answer<Explained>);
    },
    draw: async (drawing) => {
      const { picture: shown, explained } = drawing;
      const maps = explained.explanations.flatMap(({ heatmap, maps }) => [heatmap, ...maps]);
      const transferList = buffersOf([shown?.image.data, shown?.region?.inside, ...maps.map(({ data }) => data)]);
      return unpack<Drawn>((await picture.run(drawing, { name: 'write', transferList })) as Answer<Drawn>);
    },
    close,
  };
}
