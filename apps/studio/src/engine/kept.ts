/** Something that is loaded and must be closed. */
interface Closable {
  close(): Promise<void>;
}

/** Bytes of a model up to which it stays loaded for what the page shows beside the heatmap. */
const MAX_KEPT = 64 * 2 ** 20;

/**
 * Keeps what was opened last as long as the same is asked for: to open a model takes longer than to ask it. One thing is asked at a time. Large models are
 * closed after each use, since the heatmap itself keeps them open already.
 */
export class Kept<T extends Closable> {
  #key: string | undefined;
  #opened: T | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;
  readonly #keeps: boolean;

  constructor(bytes: number) {
    this.#keeps = bytes <= MAX_KEPT;
  }

  /** Does something with what a key stands for. @throws what `open` and `work` throw */
  use<R>(key: string, open: () => Promise<T>, work: (opened: T) => Promise<R>): Promise<R> {
    const turn = this.#turn.then(async () => {
      if (this.#opened === undefined || this.#key !== key) {
        await this.#drop();
        this.#opened = await open();
        this.#key = key;
      }
      try {
        return await work(this.#opened);
      } finally {
        if (!this.#keeps || this.#closed) await this.#drop();
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Closes what is open, as soon as nobody uses it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#turn = this.#turn.then(() => this.#drop());
    await this.#turn;
  }

  async #drop(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }
}

/** Opens something, does something with it, and closes it. */
export async function once<T extends Closable, R>(open: () => Promise<T>, work: (opened: T) => Promise<R>): Promise<R> {
  const opened = await open();
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
