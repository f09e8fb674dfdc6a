export { valueInfo } from './info.js';
export { ortOptions } from './options.js';
export { PROBE_MODEL } from './probe.js';
export { OrtSession } from './session.js';
export { fromOrt, toOrt } from './tensor.js';
export { runtimeError, runtimeWords } from './words.js';
