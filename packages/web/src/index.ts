export { MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, MAX_MODEL_BYTES } from './limits.js';
export { renderFigure } from './picture/figure.js';
export { type PictureSource, type ReadPictureOptions, readPicture } from './picture/read.js';
export { toImageData, toPng } from './picture/write.js';
export type { AssetFiles, Assets } from './runtime/assets.js';
export { type WebDevice, type WebRuntime, type WebRuntimeOptions, webRuntime } from './runtime/web.js';
