/** A number of permits; who comes first is served first, so that one who wants many of them is not overtaken for ever. */
export class Permits {
  #free: number;
  readonly #waiting: { readonly count: number; readonly go: () => void }[] = [];

  constructor(readonly total: number) {
    this.#free = total;
  }

  /** @returns what gives them back */
  async take(count: number): Promise<() => void> {
    await new Promise<void>((go) => {
      this.#waiting.push({ count, go });
      this.#serve();
    });
    return () => {
      this.#free += count;
      this.#serve();
    };
  }

  #serve(): void {
    for (let [next] = this.#waiting; next !== undefined && next.count <= this.#free; [next] = this.#waiting) {
      this.#waiting.shift();
      this.#free -= next.count;
      next.go();
    }
  }
}
