import { against, type Explainer, openExplainer, type Runtime, type SessionOptions } from '@gradcam/core';

/** Which graph is loaded: one a layer, method and class that another is held against. */
export interface Asked {
  readonly layer: string;
  readonly method: string;
  readonly against?: number | undefined;
}

/** Bytes of models that stay loaded at a time, and how many there are at most. */
const MAX_BYTES = 512 * 2 ** 20;
const MAX_LOADED = 12;

interface Loaded {
  readonly explainer: Promise<Explainer>;
  users: number;
}

/** The explainers of one model: each is loaded when it is first asked for, and the one that was not used for longest is closed when there are too many. */
export class Explainers {
  readonly #loaded = new Map<string, Loaded>();
  readonly #most: number;
  #closed = false;

  constructor(
    private readonly runtime: Runtime,
    private readonly bytes: Uint8Array,
    private readonly session: SessionOptions,
  ) {
    this.#most = Math.max(2, Math.min(MAX_LOADED, Math.floor(MAX_BYTES / Math.max(1, bytes.length))));
  }

  /** Does something with an explainer, which stays open as long as that takes. @throws as `openExplainer` */
  async use<T>(asked: Asked, work: (explainer: Explainer) => Promise<T>): Promise<T> {
    const key = JSON.stringify([asked.layer, asked.method, asked.against ?? null]);
    const loaded = this.#loaded.get(key) ?? { explainer: this.#open(asked), users: 0 };
    // Last in the map's order: the first is the one that was not used for longest.
    this.#loaded.delete(key);
    this.#loaded.set(key, loaded);
    loaded.users++;
    try {
      return await work(await loaded.explainer);
    } catch (error) {
      if (await failed(loaded.explainer)) this.#loaded.delete(key);
      throw error;
    } finally {
      loaded.users--;
      await this.#makeRoom(this.#closed ? 0 : this.#most);
    }
  }

  /** Closes all, those in use as soon as they are not. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#makeRoom(0);
  }

  #open({ layer, method, against: other }: Asked): Promise<Explainer> {
    const { session } = this;
    return openExplainer(this.runtime, this.bytes, {
      layers: [layer],
      methods: [method],
      session,
      ...(other !== undefined && { target: against(other) }),
    });
  }

  async #makeRoom(most: number): Promise<void> {
    for (const [key, { explainer, users }] of this.#loaded) {
      if (this.#loaded.size <= most) return;
      if (users > 0) continue;
      this.#loaded.delete(key);
      if (!(await failed(explainer))) await (await explainer).close();
    }
  }
}

function failed(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => false,
    () => true,
  );
}
