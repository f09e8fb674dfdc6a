import { filesAt, makeTables, type Totals } from '@gradcam/jobs';
import { located } from '../producer/run-batch.js';
import { queueAddress } from '../queue/address.js';
import { connect } from '../queue/connect.js';
import { depthOf, openQueue } from '../queue/queue.js';
import { Board, type Standing } from '../run/board.js';
import { Store } from '../run/store.js';

/** What a queue holds, and how far its runs are. */
export interface QueueStatus {
  /** Chunks of all runs. */
  readonly chunks: { readonly waiting: number; readonly active: number; readonly delayed: number; readonly failed: number };
  /** Why chunks failed for good, or wait for another try; each reason once. */
  readonly reasons: readonly string[];
  /** Names of the workers: machine and process. */
  readonly workers: readonly string[];
  /** The latest first. */
  readonly runs: readonly RunStatus[];
}

export interface RunStatus extends Standing {
  /** Undefined where nothing moves, or not all images are known yet. */
  readonly secondsLeft: number | undefined;
}

/** What BullMQ puts before the name of a worker in that of its connection. */
const WORKER = ':w:';

/** Jobs that are asked for their reasons. */
const SAMPLE = 20;

/** Looks at a queue. @param folder show the runs into this folder alone @throws GradcamError `network` */
export async function queueStatus(address: string, folder?: string): Promise<QueueStatus> {
  const redis = await connect(queueAddress(address));
  try {
    const queue = openQueue(redis);
    const troubled = [...(await queue.getFailed(0, SAMPLE - 1)), ...(await queue.getDelayed(0, SAMPLE - 1))];
    const reasons = troubled.map((job) => job?.failedReason).filter((reason) => reason !== undefined && reason !== '');
    const standings = await new Board(redis).standings();
    return {
      chunks: await depthOf(queue),
      reasons: [...new Set(reasons)],
      workers: (await queue.getWorkers()).map(({ rawname = '' }) => rawname.slice(rawname.indexOf(WORKER) + WORKER.length)).sort(),
      runs: standings.filter((standing) => folder === undefined || standing.folder === located(folder)).map(withTimeLeft),
    };
  } finally {
    redis.disconnect();
  }
}

/** What came of gathering a run. */
export interface Gathered {
  readonly run: string;
  /** Undefined where not all of its chunks are done. */
  readonly table: Totals | undefined;
  /** Chunks that are not done. */
  readonly missing: number;
}

/** Makes the table of the runs into a folder whose work is done: for those whose producer did not wait. @throws GradcamError `network`, `not-writable` */
export async function gather(address: string, folder: string): Promise<Gathered[]> {
  const redis = await connect(queueAddress(address));
  try {
    const board = new Board(redis);
    const store = new Store(await filesAt(located(folder)));
    const gathered: Gathered[] = [];
    for (const { run, folder: place } of await board.standings()) {
      if (place !== located(folder)) continue;
      const order = await store.order(run);
      if (order === undefined) continue;
      const done = await store.done();
      const missing = order.filter((chunk) => !done.has(chunk)).length;
      const table = missing === 0 ? await makeTables(store.pictures(order), place) : undefined;
      if (table !== undefined) await board.tableIsMade(run);
      gathered.push({ run, table, missing });
    }
    return gathered;
  } finally {
    redis.disconnect();
  }
}

function withTimeLeft(standing: Standing): RunStatus {
  const { images, done, imagesPerSecond } = standing;
  const known = images !== undefined && imagesPerSecond > 0;
  return { ...standing, secondsLeft: known ? Math.ceil((images - done) / imagesPerSecond) : undefined };
}
