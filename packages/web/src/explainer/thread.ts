import { GradcamError } from '@gradcam/core';

/** A worker that may fail to load, or be ended while it works: who waits for it is told. */
export class Thread {
  readonly #ended: Promise<never>;
  #end: (reason: Error) => void = () => undefined;

  constructor(readonly worker: Worker) {
    this.#ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    // Nobody may be waiting when it ends.
    this.#ended.catch(() => undefined);
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      const why = event.message === undefined || event.message === '' ? 'its file could not be loaded' : event.message;
      this.end(
        new GradcamError(
          'runtime',
          `The worker of @gradcam/web stopped: ${why}; see how the examples are bundled, or give the option 'worker'.`,
        ),
      );
    });
  }

  /** An answer of the worker, or why there will be none. */
  async alive<P extends Promise<unknown>>(answer: P): Promise<Awaited<P>> {
    return await Promise.race([answer, this.#ended]);
  }

  /** Stops the worker at once and gives its memory back. @param reason what those are told who wait */
  end(reason: Error): void {
    this.worker.terminate();
    this.#end(reason);
  }
}
