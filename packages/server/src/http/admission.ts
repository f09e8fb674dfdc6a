import { Problem } from '../errors.js';

/** Of the newest, how much it counts for the mean. */
const SHARE = 0.1;

/** Longest time that anybody is told to wait. */
const MAX_SECONDS = 60;

/** Lets in as many pictures as may wait and be worked on at once. */
export class Admission {
  readonly #most: number;
  #inside = 0;
  /** A moving mean of how long pictures stay. */
  #seconds = 1;

  constructor(most: number) {
    this.#most = most;
  }

  get inside(): number {
    return this.#inside;
  }

  /** Whoever must wait is told for how long: until those that are inside now have left. @returns to be called when they leave @throws Problem 413, 429 */
  enter(pictures: number): () => void {
    if (pictures > this.#most)
      throw new Problem(
        413,
        'limit',
        `expected at most ${this.#most} pictures in a request, but it has ${pictures}; send several requests`,
      );
    if (this.#inside + pictures > this.#most) {
      const seconds = Math.min(MAX_SECONDS, Math.max(1, Math.ceil(this.#seconds)));
      throw new Problem(429, 'busy', `as much waits as there is room for; try again in ${seconds} s`, { 'Retry-After': String(seconds) });
    }
    this.#inside += pictures;
    const begin = performance.now();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside -= pictures;
      this.#seconds += SHARE * ((performance.now() - begin) / 1000 - this.#seconds);
    };
  }
}
