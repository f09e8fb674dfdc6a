export type { Engine } from './engine/engine.js';
export { engineHere } from './engine/here.js';
export { openEngine } from './engine/threads.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export { type Served, type ServeOptions, serve } from './serve.js';
export { MODEL_NAME, type ServedModel } from './served.js';
