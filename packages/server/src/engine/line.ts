/** How tasks are worked on. */
export interface LineOptions<Task, Result> {
  /** Runs at once. */
  readonly runs: number;
  /** Tasks of one run. */
  readonly most: number;
  /** Tasks of the same group can share a run. */
  readonly group: (task: Task) => string;
  /** @param signal aborted once nobody waits for any of the results. */
  readonly run: (tasks: readonly Task[], signal: AbortSignal) => Promise<readonly Result[]>;
}

interface Waiting<Task, Result> {
  readonly task: Task;
  readonly group: string;
  readonly signal: AbortSignal;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Tasks wait in line until a run is free, which then takes the first and what can share the run with it: nobody waits for a batch to fill, and batches grow
 * by themselves as more is asked than runs can answer one by one.
 */
export class Line<Task, Result> {
  readonly #options: LineOptions<Task, Result>;
  readonly #waiting: Waiting<Task, Result>[] = [];
  #running = 0;

  constructor(options: LineOptions<Task, Result>) {
    this.#options = options;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** @param signal gives the task up: at once where it waits; where it runs, the run is told once nobody wants any of it. @throws the signal's reason */
  submit(task: Task, signal: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const one = { task, group: this.#options.group(task), signal, resolve, reject };
      signal.addEventListener(
        'abort',
        () => {
          const place = this.#waiting.indexOf(one);
          if (place >= 0) this.#waiting.splice(place, 1);
          reject(signal.reason);
        },
        { once: true },
      );
      this.#waiting.push(one);
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.#options.runs) {
      const [first] = this.#waiting;
      if (first === undefined) return;
      const together = this.#waiting.filter(({ group }) => group === first.group).slice(0, this.#options.most);
      for (const one of together) this.#waiting.splice(this.#waiting.indexOf(one), 1);
      this.#running++;
      void this.#run(together).finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }

  async #run(together: readonly Waiting<Task, Result>[]): Promise<void> {
    try {
      const tasks = together.map(({ task }) => task);
      const results = await this.#options.run(tasks, allAborted(together.map(({ signal }) => signal)));
      for (const [index, { resolve }] of together.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (together.length === 1) return together[0]?.reject(error);
      // One of them is at fault, and the others are not to suffer.
      for (const one of together) if (!one.signal.aborted) await this.#run([one]);
    }
  }
}

/** Aborted once all of them are. */
function allAborted(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const check = () => {
    if (signals.every(({ aborted }) => aborted)) controller.abort();
  };
  for (const signal of signals) signal.addEventListener('abort', check, { once: true });
  check();
  return controller.signal;
}
