import type { AssetFiles, Build } from './assets.js';

/** Takes the place of `bundled.ts` where no bundler is: `node_modules` as it is served, seen from `@gradcam/web/dist/browser`. */
export const bundled: Readonly<Record<Build, () => AssetFiles>> = {
  wasm: () => beside('ort-wasm-simd-threaded'),
  webgpu: () => beside('ort-wasm-simd-threaded.asyncify'),
};

function beside(name: string): AssetFiles {
  const folder = new URL(/* @vite-ignore */ '../../../../onnxruntime-web/dist/', import.meta.url);
  return { mjs: new URL(`${name}.mjs`, folder), wasm: new URL(`${name}.wasm`, folder) };
}
