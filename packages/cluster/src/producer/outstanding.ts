import { setTimeout as sleep } from 'node:timers/promises';
import { GradcamError } from '@gradcam/core';
import type { Progress } from '@gradcam/jobs';
import type { Redis } from 'ioredis';
import { type Chunks, jobIdOf } from '../queue/queue.js';
import type { Board } from '../run/board.js';
import type { ChunkData, Run } from '../run/check.js';
import type { Chunk } from '../run/chunks.js';
import type { Store } from '../run/store.js';
import { sendChunk } from '../telemetry/traces.js';

interface Surroundings {
  readonly redis: Redis;
  readonly store: Store;
  readonly board: Board;
  readonly queue: Chunks;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (progress: Progress) => void;
  readonly notice?: (words: string) => void;
}

/** Time between two looks at the queue. */
const LOOK_MS = 500;

/** Chunks that are sent to Redis, or looked up in the storage, at once. */
const AT_ONCE = 32;

/** Looks after which reasons of failures are asked for. */
const REASONS_EVERY = 4;

/**
 * The chunks that were put and are not known to be done. A chunk that is no longer in the queue is done if the storage has its object, and else was lost with
 * Redis' data: it is put again.
 */
export class Outstanding {
  readonly #chunks = new Map<string, ChunkData>();
  /** Not yet put. */
  readonly #next: ChunkData[] = [];
  readonly #failed = new Map<string, string>();
  readonly #told = new Set<string>();
  #done = 0;
  #now = 0;
  #errors = 0;
  #looks = 0;

  constructor(
    private readonly id: string,
    private readonly run: Run,
    private readonly around: Surroundings,
  ) {}

  progress(): Progress {
    return { done: this.#done, now: this.#now, errors: this.#errors };
  }

  /** Writes the run down, and tries again what failed when it was last asked. */
  async begin(): Promise<void> {
    await this.around.board.publish(this.id, this.run, 0);
    for (const job of await this.#failedJobs()) await job.remove();
  }

  knownDone({ items }: Chunk): void {
    this.#done += items.length;
  }

  /** Puts a chunk, once there is room for it. @param again pictures of it that have errors */
  async put({ id, items }: Chunk, again: boolean, ahead: number): Promise<void> {
    const data: ChunkData = { run: this.id, chunk: id, items, ...(again && { retry: true }) };
    this.#chunks.set(id, data);
    this.#next.push(data);
    if (this.#next.length >= AT_ONCE) await this.#send();
    while (this.#chunks.size >= ahead && !this.around.signal?.aborted) await this.#look();
  }

  /** All chunks have been given. */
  async end(): Promise<void> {
    await this.#send();
    const images = this.#done + [...this.#chunks.values()].reduce((sum, { items }) => sum + items.length, 0);
    await this.around.board.setImages(this.id, images, this.#done - this.#now);
  }

  /** Waits until all is done. @returns false where the signal came first @throws GradcamError where chunks have failed for good */
  async settled(): Promise<boolean> {
    while (this.#chunks.size > 0) {
      if (this.around.signal?.aborted) return false;
      await this.#look();
      if (this.#failed.size > 0 && this.#failed.size === this.#chunks.size) {
        const [reason] = this.#failed.values();
        throw new GradcamError(
          'runtime',
          `${this.#failed.size} chunks of images could not be done: ${reason}; the same command tries again`,
        );
      }
    }
    return true;
  }

  async #send(): Promise<void> {
    const sent = this.#next.splice(0);
    const jobs = sent.map((data) => {
      const jobId = jobIdOf(this.id, data.chunk);
      const trace = sendChunk({ id: jobId, images: data.items.length });
      return { name: 'chunk', data: { ...data, ...(trace && { trace }) }, opts: { jobId } };
    });
    if (jobs.length > 0) await this.around.queue.addBulk(jobs);
  }

  async #look(): Promise<void> {
    await sleep(LOOK_MS);
    await this.#send();
    const { redis, queue, board, store } = this.around;
    const ids = [...this.#chunks.keys()];
    // A job's key is there as long as it waits, is worked at, or has failed.
    const there = await Promise.all(ids.map((id) => redis.exists(queue.toKey(jobIdOf(this.id, id)))));
    const gone = ids.filter((_, at) => there[at] === 0);
    let lost = 0;
    for (let at = 0; at < gone.length; at += AT_ONCE)
      await Promise.all(
        gone.slice(at, at + AT_ONCE).map(async (id) => {
          const chunk = this.#chunks.get(id);
          if (chunk === undefined) return;
          if (!(await store.has(id))) {
            this.#next.push(chunk);
            lost++;
            return;
          }
          this.#chunks.delete(id);
          this.#failed.delete(id);
          this.#done += chunk.items.length;
          this.#now += chunk.items.length;
        }),
      );
    if (lost > 0) {
      this.around.notice?.(`the queue has lost ${lost} chunks of images: they are put again`);
      if (!(await board.isPublished(this.id))) await board.publish(this.id, this.run, this.#done);
      await this.#send();
    }
    this.#errors = (await board.standing(this.id))?.errors ?? this.#errors;
    if (++this.#looks % REASONS_EVERY === 0) await this.#learnReasons();
    this.around.progress?.(this.progress());
  }

  /** What failed for good, and, told once each, why chunks have to wait for another try. */
  async #learnReasons(): Promise<void> {
    this.#failed.clear();
    for (const { data, failedReason } of await this.#failedJobs())
      if (this.#chunks.has(data.chunk)) this.#failed.set(data.chunk, failedReason);
    for (const { data, failedReason } of await this.around.queue.getDelayed(0, AT_ONCE)) {
      if (data?.run !== this.id || failedReason === undefined || this.#told.has(failedReason)) continue;
      this.#told.add(failedReason);
      this.around.notice?.(`waiting for another try: ${failedReason}`);
    }
  }

  async #failedJobs() {
    const failed = await this.around.queue.getFailed(0, -1);
    // A job may go between the two questions that this is made of.
    return failed.filter((job) => job?.data?.run === this.id);
  }
}
