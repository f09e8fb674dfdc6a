export { writeFileAtomic } from './files/write.js';
export { encodeImage, encodePng, imageExtension, imageExtensions } from './image/encode.js';
export { type FigureLike, renderFigure } from './image/figure.js';
export { readImage } from './image/read.js';
export { type NodeRuntimeOptions, nodeRuntime } from './runtime/native.js';
export { type OpenRuntimeOptions, openRuntime } from './runtime/open.js';
export { type WasmRuntimeOptions, wasmRuntime } from './runtime/wasm.js';
