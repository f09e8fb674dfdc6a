import { wrap } from 'comlink';
import type { Remote } from './worker.js';

const engine: Remote = wrap<Remote>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));

declare global {
  var remote: Remote;
}

globalThis.remote = engine;
