export * from './errors.js';
export type * from './picture/image.js';
export type * from './preprocess/schema.js';
export type * from './runtime/runtime.js';
