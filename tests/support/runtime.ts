import type { Runtime } from '@gradcam/core';
import { nodeRuntime } from '@gradcam/node';

/** ONNX Runtime with one thread: files of tests run beside each other, and threads that spin while they wait take the cores of those that work. */
export function oneThread(): Promise<Runtime> {
  return nodeRuntime({ threads: 1 });
}
