import type { Runtime } from '@gradcam/core';
import { openRuntime } from '@gradcam/node';
import type { Io } from '../io.js';
import type { ModelFlags } from '../options.js';

/** The runtime that the options ask for. Where WebAssembly stands in for the native library, that is said: it is several times slower. */
export async function startRuntime({ device, threads }: ModelFlags, io: Io): Promise<Runtime> {
  const runtime = await openRuntime({ ...(device !== undefined && { device }), ...(threads !== undefined && { threads }) });
  if (device !== 'wasm' && runtime.name.includes('wasm'))
    io.note(
      'gradcam: ONNX Runtime runs as WebAssembly, several times slower, since its native library is not installed; to have it: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node',
    );
  return runtime;
}
