export { errnoCode, readingError, writingError } from './files/errors.js';
export { tryLock } from './files/lock.js';
export { namePart } from './files/name-part.js';
export { type ReadBytesOptions, readBytes } from './files/read.js';
export { writeFileAtomic } from './files/write.js';
export { isLoopback, listen } from './http/listen.js';
export { type EncodeOptions, encodeImage, encodePng, imageExtension, imageExtensions } from './image/encode.js';
export { renderFigure } from './image/figure.js';
export { readImage } from './image/read.js';
export { decodeOneByOne } from './image/sharp.js';
export {
  MAX_CONFIG_BYTES,
  MAX_EXTERNAL_DATA_BYTES,
  MAX_IMAGE_BYTES,
  MAX_MODEL_BYTES,
  MAX_NPY_HEADER_BYTES,
  MAX_TENSOR_BYTES,
} from './limits.js';
export { readExternalData } from './model/external-data.js';
export { MODEL_SPARE_BYTES, type ModelFile, readModelFile } from './model/read.js';
export { type Sidecar, type Sidecars, sidecars } from './model/sidecars.js';
export { parseNpy, readNpy } from './npy/read.js';
export { encodeNpy } from './npy/write.js';
export { type NodeRuntimeOptions, nodeRuntime } from './runtime/native.js';
export { type OpenRuntimeOptions, openRuntime } from './runtime/open.js';
export { type WasmRuntimeOptions, wasmRuntime } from './runtime/wasm.js';
export { cacheDirectory, type Environment } from './zoo/cache.js';
export { type DownloadProgress, type ZooOptions, zooModel } from './zoo/zoo.js';
