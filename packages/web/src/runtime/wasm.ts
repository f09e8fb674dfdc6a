import { GradcamError } from '@gradcam/core';
import { type Assets, assetFiles } from './assets.js';
import { type Ort, start } from './start.js';

/** More threads than this gain nothing in ONNX Runtime's WebAssembly build. */
const MAX_DEFAULT_THREADS = 4;

/**
 * ONNX Runtime on the CPU, with SIMD. WebAssembly starts its threads once: the first runtime of a page or worker decides how many there are.
 *
 * @throws GradcamError `runtime` where its files cannot be loaded, or threads are asked for that this page may not have
 */
export async function startWasm(threads: number | undefined, assets: Assets | undefined): Promise<Ort> {
  if (threads !== undefined) checkThreads(threads);
  const ort = await import('onnxruntime-web/wasm');
  ort.env.logLevel = 'fatal';
  ort.env.wasm.numThreads ||= threads ?? defaultThreads();
  ort.env.wasm.wasmPaths ??= assetFiles('wasm', assets);
  await start(ort, 'wasm');
  return ort;
}

/** Shared memory, and so threads, is only for pages that are isolated from other origins. */
function defaultThreads(): number {
  return globalThis.crossOriginIsolated ? Math.min(MAX_DEFAULT_THREADS, navigator.hardwareConcurrency) : 1;
}

function checkThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1)
    throw new GradcamError('invalid-setting', `expected 'threads' as a whole number from 1, but got ${threads}`);
  if (threads === 1 || globalThis.crossOriginIsolated) return;
  throw new GradcamError(
    'runtime',
    `${threads} threads need a page that is isolated from other origins: serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or leave 'threads' out`,
  );
}
