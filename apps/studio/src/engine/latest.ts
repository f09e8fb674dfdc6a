/**
 * Asks one thing at a time and keeps only the latest of those that wait: a question that is overtaken while it waits is never asked, and one that is
 * overtaken while it is worked on is stopped, if that can be, and not heard.
 */
export class Latest<Asked, Answered> {
  #waiting: { readonly asked: Asked } | undefined;
  #stop: AbortController | undefined;

  constructor(
    private readonly to: {
      readonly answer: (asked: Asked, stopped: AbortSignal) => Promise<Answered>;
      readonly heard: (answered: Answered, asked: Asked) => void;
      readonly failed: (error: unknown, asked: Asked) => void;
      /** Something is worked on from now on, or nothing any more. */
      readonly busy?: (busy: boolean) => void;
    },
  ) {}

  ask(asked: Asked): void {
    this.#waiting = { asked };
    if (this.#stop === undefined) void this.#work();
    else this.#stop.abort();
  }

  /** Whatever is under way or waits is not wanted any more. */
  drop(): void {
    this.#waiting = undefined;
    this.#stop?.abort();
  }

  async #work(): Promise<void> {
    this.to.busy?.(true);
    for (let next = this.#waiting; next !== undefined; next = this.#waiting) {
      const { asked } = next;
      this.#waiting = undefined;
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      try {
        const answered = await this.to.answer(asked, signal);
        if (!signal.aborted) this.to.heard(answered, asked);
      } catch (error) {
        if (!signal.aborted) this.to.failed(error, asked);
      }
    }
    this.#stop = undefined;
    this.to.busy?.(false);
  }
}
