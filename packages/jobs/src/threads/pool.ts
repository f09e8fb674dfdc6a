import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type Answer, buffersOf, unpack } from './answer.js';

/** Threads that stay, and run the functions of one module, which {@link answer}. */
export class Pool {
  readonly #threads: Piscina;

  /**
   * @param module whose functions are asked; each thread loads it
   * @param workerData what it is started with
   * @param atOnce tasks of one thread
   */
  constructor(module: URL, workerData: object, threads: number, atOnce: number) {
    this.#threads = new Piscina({
      filename: fileURLToPath(module),
      workerData,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: atOnce,
      // Piscina would have idle threads sleep where they cannot hear of what they began.
      atomics: 'disabled',
      idleTimeout: Number.POSITIVE_INFINITY,
      recordTiming: false,
    });
  }

  /** Asks a function of the module, in the thread that is free first. @param arrays whose memory is moved there, not copied @throws its error */
  async ask<T>(name: string, task?: unknown, arrays: readonly (ArrayBufferView | undefined)[] = []): Promise<T> {
    return unpack((await this.#threads.run(task, { name, transferList: buffersOf(arrays) })) as Answer<T>);
  }

  close(): Promise<void> {
    return this.#threads.destroy();
  }
}
