import type { Redis } from 'ioredis';
import { formatRun, parseRun, type Run } from './check.js';

/** A run that nobody touches for so long is forgotten; its results are not. */
const KEPT_SECONDS = 30 * 24 * 3600;

/** After its table is made, a run is shown for so long. */
const SHOWN_SECONDS = 24 * 3600;

/** What is done is counted by spans of so many seconds; some of them tell how fast it goes. */
const SPAN_SECONDS = 10;
const SPANS = 6;

const RUNS = 'gradcam:runs';
const keyOf = (run: string) => `gradcam:run:${run}`;
const spanOf = (run: string, span: number) => `${keyOf(run)}:span:${span}`;

/** How far a run is, as far as Redis knows. */
export interface Standing {
  readonly run: string;
  readonly folder: string;
  readonly model: string;
  readonly method: string;
  /** Pictures; undefined until all of them have been put. */
  readonly images: number | undefined;
  readonly done: number;
  readonly errors: number;
  readonly imagesPerSecond: number;
  readonly tableMade: boolean;
}

/** What Redis knows of runs, besides their chunks. All of it can be lost: a producer that is started again writes it again. */
export class Board {
  constructor(private readonly redis: Redis) {}

  /** Writes a run down. @param before pictures that are done */
  async publish(id: string, run: Run, before: number): Promise<void> {
    const { job, folder } = run;
    const method = job.explainer.methods[0] ?? '';
    const fields = { run: formatRun(run), folder, model: job.model.name, method, before, worked: 0, errors: 0, table: 0 };
    await this.redis
      .multi()
      .hset(keyOf(id), fields)
      .expire(keyOf(id), KEPT_SECONDS)
      .zadd(RUNS, Date.now(), id)
      .expire(RUNS, KEPT_SECONDS)
      .exec();
  }

  async isPublished(id: string): Promise<boolean> {
    // Where Redis has lost the run, a worker may have begun to count it anew.
    return (await this.redis.hexists(keyOf(id), 'run')) === 1;
  }

  /** @throws GradcamError `invalid-setting` for what is no run */
  async run(id: string): Promise<Run | undefined> {
    const text = await this.redis.hget(keyOf(id), 'run');
    return text === null ? undefined : parseRun(text);
  }

  async setImages(id: string, images: number, before: number): Promise<void> {
    await this.redis.hset(keyOf(id), { images, before });
  }

  /** Counts what a worker has done. */
  async count(id: string, images: number, errors: number): Promise<void> {
    const span = spanOf(id, spanNow());
    await this.redis
      .multi()
      .hincrby(keyOf(id), 'worked', images)
      .hincrby(keyOf(id), 'errors', errors)
      .incrby(span, images)
      .expire(span, SPAN_SECONDS * (SPANS + 2))
      .exec();
  }

  async tableIsMade(id: string): Promise<void> {
    await this.redis.multi().hset(keyOf(id), 'table', 1).expire(keyOf(id), SHOWN_SECONDS).exec();
  }

  async standing(id: string): Promise<Standing | undefined> {
    const fields = await this.redis.hgetall(keyOf(id));
    const { folder, model, method } = fields;
    if (folder === undefined || model === undefined || method === undefined) return undefined;
    const number = (name: string) => Number(fields[name] ?? 0) || 0;
    const now = spanNow();
    const spans = await this.redis.mget(Array.from({ length: SPANS }, (_, back) => spanOf(id, now - 1 - back)));
    const images = fields['images'] === undefined ? undefined : number('images');
    return {
      run: id,
      folder,
      model,
      method,
      images,
      // Chunks that were done twice are counted twice.
      done: Math.min(images ?? Number.POSITIVE_INFINITY, number('before') + number('worked')),
      errors: number('errors'),
      imagesPerSecond: spans.reduce((sum, count) => sum + Number(count ?? 0), 0) / (SPANS * SPAN_SECONDS),
      tableMade: number('table') === 1,
    };
  }

  /** All runs, the latest first. Those that are forgotten are taken from the list. */
  async standings(): Promise<Standing[]> {
    const standings: Standing[] = [];
    for (const id of await this.redis.zrange(RUNS, 0, -1, 'REV')) {
      const standing = await this.standing(id);
      if (standing === undefined) await this.redis.zrem(RUNS, id);
      else standings.push(standing);
    }
    return standings;
  }
}

const spanNow = () => Math.floor(Date.now() / 1000 / SPAN_SECONDS);
