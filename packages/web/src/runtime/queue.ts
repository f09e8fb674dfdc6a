import type { Session } from '@gradcam/core';

/** Does one thing after another. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins when everything before has ended, well or not. */
  add<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** A session that waits for its turn: two runs at once hang or throw on WebGPU, whichever sessions they are of. */
export function queued(session: Session, queue: Queue): Session {
  return {
    inputs: session.inputs,
    outputs: session.outputs,
    run: (feeds, fetches) => queue.add(() => session.run(feeds, fetches)),
    close: () => queue.add(() => session.close()),
  };
}
