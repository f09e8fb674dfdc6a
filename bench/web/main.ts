import { type Remote, wrap } from 'comlink';
import type { Sides } from './worker.js';

declare global {
  /** For `bench/src/web.ts`. */
  var sides: Remote<Sides>;
}

globalThis.sides = wrap<Sides>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
