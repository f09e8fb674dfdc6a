import type { AssetFiles, Build } from './assets.js';

/** Where bundlers put ONNX Runtime's files: they find them by these very lines, and serve them with the page. */
export const bundled: Readonly<Record<Build, () => AssetFiles>> = {
  wasm: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url),
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url),
  }),
  webgpu: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url),
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url),
  }),
};
