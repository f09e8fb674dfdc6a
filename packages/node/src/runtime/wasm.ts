import { availableParallelism } from 'node:os';
import type { Runtime, Session, SessionOptions } from '@gradcam/core';
import { OrtSession, ortOptions, runtimeError } from '@gradcam/ort';
import type { InferenceSession } from 'onnxruntime-common';

/** Options of {@link wasmRuntime}. */
export interface WasmRuntimeOptions {
  /** Threads inside one operator; default: the machine's, at most 4. WebAssembly starts them once: the first runtime of a process decides. */
  readonly threads?: number;
}

/** More threads than this gain nothing in ONNX Runtime's WebAssembly build, which defaults to no more either. */
const MAX_DEFAULT_THREADS = 4;

/**
 * ONNX Runtime's WebAssembly build in Node.js, for platforms without a native library; several times slower than
 * that. `threads` of a single session has no effect here.
 *
 * @throws GradcamError `runtime` where onnxruntime-web cannot be loaded
 */
export async function wasmRuntime(options: WasmRuntimeOptions = {}): Promise<Runtime> {
  const ort = await loadWasm();
  ort.env.logLevel = 'fatal';
  ort.env.wasm.numThreads ||= options.threads ?? Math.min(MAX_DEFAULT_THREADS, availableParallelism());
  const threads = ort.env.wasm.numThreads;
  return {
    name: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common} (wasm, ${threads} ${threads === 1 ? 'thread' : 'threads'})`,
    open: (model, session = {}) => open(ort, model, session),
  };
}

type Wasm = typeof import('onnxruntime-web');

async function loadWasm(): Promise<Wasm> {
  try {
    return await import('onnxruntime-web');
  } catch (error) {
    throw runtimeError('onnxruntime-web could not be loaded; install it again', error);
  }
}

async function open(ort: Wasm, model: Uint8Array, options: SessionOptions): Promise<Session> {
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, ortOptions('wasm', options));
  } catch (error) {
    throw runtimeError('ONNX Runtime could not open the model', error);
  }
  return OrtSession.adopt(session, ort.Tensor);
}
