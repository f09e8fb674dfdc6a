export * from './errors.js';
export { builtinLabels, imagenetLabelsWithBackground } from './labels/builtin.js';
export { findClass } from './labels/find.js';
export { imagenetLabels } from './labels/imagenet.js';
export { nearestNames } from './labels/nearest.js';
export { labelsFromConfig, parseLabels, parseLabelsJson } from './labels/parse.js';
export type * from './picture/image.js';
export type * from './preprocess/schema.js';
export type * from './runtime/runtime.js';
