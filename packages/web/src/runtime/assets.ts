import { bundled } from './bundled.js';

/** One of ONNX Runtime's builds: its glue, a module, and the WebAssembly that it loads. */
export interface AssetFiles {
  readonly mjs: string | URL;
  readonly wasm: string | URL;
}

/**
 * Where ONNX Runtime's files lie: the folder `dist` of onnxruntime-web as it is served, or the files of each build.
 * Default: bundlers (Vite, webpack, Next.js) find them in onnxruntime-web and serve them with the page.
 */
export type Assets = string | URL | { readonly wasm?: AssetFiles; readonly webgpu?: AssetFiles };

/** The builds: the small one for the CPU, and the one that drives WebGPU. */
export type Build = 'wasm' | 'webgpu';

const NAMES: Readonly<Record<Build, string>> = { wasm: 'ort-wasm-simd-threaded', webgpu: 'ort-wasm-simd-threaded.asyncify' };

/** The addresses of a build's files. */
export function assetFiles(build: Build, assets?: Assets): { readonly mjs: string; readonly wasm: string } {
  const { mjs, wasm } = filesOf(build, assets);
  return { mjs: absolute(mjs), wasm: absolute(wasm) };
}

function filesOf(build: Build, assets: Assets | undefined): AssetFiles {
  if (typeof assets === 'string' || assets instanceof URL) {
    const folder = absolute(assets).replace(/\/?$/, '/');
    return { mjs: `${folder}${NAMES[build]}.mjs`, wasm: `${folder}${NAMES[build]}.wasm` };
  }
  return assets?.[build] ?? bundled[build]();
}

/** Addresses are meant from the page or the worker, not from this module. */
function absolute(address: string | URL): string {
  return new URL(address, globalThis.document?.baseURI ?? globalThis.location?.href).href;
}
