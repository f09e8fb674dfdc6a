import type { Graph } from 'onnx-grad';
import type { SessionOptions } from '../runtime/runtime.js';

/** Memory that unpacked weights may take; larger models stay as small as they are. */
const MAX_UNPACKED_BYTES = 2 ** 29;

const QUANTIZERS: ReadonlySet<string> = new Set(['QuantizeLinear', 'DynamicQuantizeLinear']);

/**
 * How a model is opened whose weights alone are stored as integers: they are unpacked then, and not on each run. ONNX Runtime keeps their DequantizeLinear
 * nodes, since models that compute with integers need them; here nothing does, and kernels that want constant weights are the faster ones: MobileNetV2
 * runs in less than half of the time. The numbers are the same.
 */
export function unpacking(graph: Graph, options: SessionOptions = {}): SessionOptions {
  if (options.unpack !== undefined) return options;
  const isConstant = (name: string) => name === '' || graph.initializers.has(name) || graph.producer(name)?.opType === 'Constant';
  let bytes = 0;
  for (const { opType, inputs } of graph.nodes) {
    if (QUANTIZERS.has(opType)) return options;
    if (opType !== 'DequantizeLinear') continue;
    if (!inputs.every(isConstant)) return options;
    bytes += 4 * (graph.initializers.get(inputs[0] ?? '')?.dims ?? []).reduce((product, size) => product * size, 1);
  }
  return bytes > 0 && bytes <= MAX_UNPACKED_BYTES ? { ...options, unpack: true } : options;
}
