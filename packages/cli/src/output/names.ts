import { resolve } from 'node:path';
import { UsageError } from '../errors.js';

/** Gives out the paths of a run's outputs, so that none of them overwrites another, nor what was read. */
export class PathClaims {
  readonly #read: ReadonlySet<string>;
  readonly #claimed = new Set<string>();

  constructor(read: readonly string[]) {
    this.#read = new Set(read.map(key));
  }

  /** Exactly this path. @throws UsageError where it is taken */
  exact(path: string): string {
    if (this.#read.has(key(path))) throw new UsageError(`'${path}' is read by this command and would be overwritten; give another output`);
    if (this.#claimed.has(key(path))) throw new UsageError(`two outputs would be written to '${path}'; give each its own`);
    this.#claimed.add(key(path));
    return path;
  }

  /** A path that nobody has, numbered where two would be the same: two pictures of one name from different folders. */
  free(stem: string, suffix: string): string {
    for (let count = 1; ; count++) {
      const path = count === 1 ? `${stem}${suffix}` : `${stem}-${count}${suffix}`;
      if (this.#read.has(key(path)) || this.#claimed.has(key(path))) continue;
      this.#claimed.add(key(path));
      return path;
    }
  }
}

/** Some file systems take upper and lower case for the same. */
function key(path: string): string {
  return resolve(path).toLowerCase();
}
