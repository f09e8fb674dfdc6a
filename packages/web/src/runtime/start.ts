import { ortOptions, PROBE_MODEL, runtimeError } from '@gradcam/ort';
import type { Build } from './assets.js';

/** One of the builds, which are alike to JavaScript. */
export type Ort = typeof import('onnxruntime-web/wasm');

/** Loads and compiles a build by opening the smallest of models, so that what is missing is said before any other is read. @throws GradcamError `runtime` */
export async function start(ort: Ort, build: Build): Promise<void> {
  try {
    await (await ort.InferenceSession.create(PROBE_MODEL, ortOptions(build, {}))).release();
  } catch (error) {
    const { wasmPaths } = ort.env.wasm;
    const files = typeof wasmPaths === 'object' ? `${wasmPaths.mjs} and ${wasmPaths.wasm}` : wasmPaths;
    throw runtimeError(
      `ONNX Runtime's ${build} build does not start from ${files}; the option 'assets' says where onnxruntime-web's files lie`,
      error,
    );
  }
}
