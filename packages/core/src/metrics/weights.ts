import { ancestors, type Elements, elementsOf, type Graph, type Node } from 'onnx-grad';
import type { Random } from '../runs/random.js';

/** A layer that has weights, and where they lie. */
export interface WeightedLayer {
  /** Name of its node, or of what it makes. */
  readonly name: string;
  readonly operator: string;
  readonly weights: readonly Elements[];
}

/** Operators whose constants are weights that were learned. What normalises, scales or resizes keeps its numbers. */
const LINEAR: ReadonlySet<string> = new Set([
  ...['Conv', 'ConvTranspose', 'DeformConv', 'Gemm', 'MatMul', 'Einsum', 'FusedConv', 'FusedGemm', 'FusedMatMul', 'NhwcFusedConv'],
  ...['QLinearConv', 'QLinearMatMul', 'ConvInteger', 'MatMulInteger', 'QGemm', 'Attention', 'QAttention'],
]);

/** Operators between stored weights and the layer: the same numbers, otherwise arranged or written. */
const PASSING: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Transpose',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'DequantizeLinear',
]);

/** The layers with weights between input and scores, those nearest to the scores first. Weights that several share belong to the first. */
export function weightedLayers(graph: Graph, scores: string): WeightedLayer[] {
  const seen = new Set<string>();
  const leading = ancestors(graph, [scores]);
  const layers: WeightedLayer[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!LINEAR.has(node.opType) || !leading.has(node)) continue;
    const weights: Elements[] = [];
    for (const input of node.inputs) {
      const stored = storedIn(graph, input);
      if (stored === undefined || seen.has(stored)) continue;
      seen.add(stored);
      const elements = elementsIn(graph, stored);
      if (elements !== undefined && elements.bytes.length > elements.size) weights.push(elements);
    }
    if (weights.length > 0) layers.push({ name: nameOf(node), operator: node.opType, weights });
  }
  return layers;
}

/**
 * Puts the numbers of a tensor in a random order, where they lie: a draw without replacement, whose mean and standard deviation (and all else that
 * does not depend on the order) are those of before. Quantised numbers stay in their range.
 */
export function shuffle({ size, bytes }: Elements, { uniform }: Random): void {
  // Fisher and Yates, from the end.
  for (let last = bytes.length / size - 1; last > 0; last--) {
    const [to, from] = [last * size, Math.floor(uniform() * (last + 1)) * size];
    for (let byte = 0; byte < size; byte++) {
      const kept = bytes[to + byte] as number;
      bytes[to + byte] = bytes[from + byte] as number;
      bytes[from + byte] = kept;
    }
  }
}

/** The constant that an input is, seen through what arranges it. */
function storedIn(graph: Graph, input: string): string | undefined {
  let value = input;
  for (let node = graph.producer(value); node !== undefined && PASSING.has(node.opType); node = graph.producer(value))
    value = node.inputs[0] ?? '';
  return graph.initializers.has(value) || graph.producer(value)?.opType === 'Constant' ? value : undefined;
}

function elementsIn(graph: Graph, stored: string): Elements | undefined {
  const initializer = graph.initializers.get(stored);
  if (initializer !== undefined) return elementsOf(graph.bytes.subarray(...initializer.message), graph.outside(initializer));
  const tensor = graph.producer(stored)?.attributes.get('value')?.tensor;
  return tensor && elementsOf(tensor);
}

function nameOf({ name, outputs, index }: Node): string {
  return name || outputs[0] || `#${index}`;
}
