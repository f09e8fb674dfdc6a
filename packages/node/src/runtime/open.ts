import type { Runtime } from '@gradcam/core';
import { nodeRuntime } from './native.js';
import { wasmRuntime } from './wasm.js';

/** Options of {@link openRuntime}. */
export interface OpenRuntimeOptions {
  /** `cpu` (default), `cuda`, `tensorrt`, `coreml`, `dml`, `webgpu`, or `wasm` for the CPU by WebAssembly in any case. */
  readonly device?: string;
  /** Threads inside one operator; default: the runtime's own. */
  readonly threads?: number;
}

/** The two implementations, exchangeable in tests. */
export interface Runtimes {
  readonly native: typeof nodeRuntime;
  readonly wasm: typeof wasmRuntime;
}

/**
 * The runtime for a device. On the CPU, a platform that has no native library gets the WebAssembly build, which computes
 * the same; any other device that was asked for is never replaced.
 *
 * @throws GradcamError `runtime` where the device is not there or does not start
 */
export async function openRuntime(
  options: OpenRuntimeOptions = {},
  { native, wasm }: Runtimes = { native: nodeRuntime, wasm: wasmRuntime },
): Promise<Runtime> {
  const { device, threads } = options;
  const threading = threads === undefined ? {} : { threads };
  if (device === 'wasm') return wasm(threading);
  if (device !== undefined && device !== 'cpu') return native({ device, ...threading });
  try {
    return await native(threading);
  } catch {
    return wasm(threading);
  }
}
