import type { Graph, Node } from 'onnx-grad';

/** How scores become probabilities: what the graph itself does behind the logits, or `none` where it ends in logits. */
export type Activation = 'softmax' | 'sigmoid' | 'none';

/** The value that an output is computed of, before a final Softmax, LogSoftmax or Sigmoid. */
export interface Logits {
  readonly logits: string;
  readonly activation: Activation;
}

/** Operators that round numbers to the steps of a quantised type and back. */
const rounding: readonly string[] = ['QuantizeLinear', 'DequantizeLinear'];

/** Operators between logits and output that change no number, or only its type, or round it. */
const passing: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Cast', 'Dropout', ...rounding]);
const activations: ReadonlyMap<string, Activation> = new Map([
  ['Softmax', 'softmax'],
  ['LogSoftmax', 'softmax'],
  ['Sigmoid', 'sigmoid'],
]);

/** Steps back from an output to its logits, over a final Softmax, LogSoftmax or Sigmoid and over what only reshapes or casts. */
export function logitsOf(graph: Graph, output: string): Logits {
  for (const { opType, inputs } of passedBy(graph, output, passing)) {
    const activation = activations.get(opType);
    if (activation !== undefined) return { logits: unrounded(graph, inputs[0] ?? ''), activation };
  }
  return { logits: unrounded(graph, output), activation: 'none' };
}

/** Operators behind a map of class scores that leave its pixels, but for their order. */
const turning: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Transpose', 'Squeeze', 'Unsqueeze']);

/** The same for a map of class scores, [images, classes, height, width] in some order, and behind an ArgMax over the classes. */
export function mapLogitsOf(graph: Graph, output: string): Logits {
  for (const { opType, inputs } of passedBy(graph, output, turning)) {
    const [before = ''] = inputs;
    const activation = activations.get(opType);
    if (activation !== undefined) return { logits: before, activation };
    if (opType === 'ArgMax') return mapLogitsOf(graph, before);
  }
  return { logits: output, activation: 'none' };
}

/** The nodes behind a value, nearest first, up to the first that is not among those that are stepped over. */
export function* passedBy(graph: Graph, value: string, steppedOver: ReadonlySet<string>): Generator<Node> {
  for (let node = graph.producer(value); node !== undefined; node = graph.producer(node.inputs[0] ?? '')) {
    if (node.domain !== '' || !node.inputs[0]) return;
    yield node;
    if (!steppedOver.has(node.opType)) return;
  }
}

/** Behind logits that are quantised and dequantised, the logits as they were: a score at the end of the range would have no gradient. */
function unrounded(graph: Graph, logits: string): string {
  const node = graph.producer(logits);
  const before = node?.opType === 'DequantizeLinear' ? graph.producer(node.inputs[0] ?? '') : undefined;
  return (before?.opType === 'QuantizeLinear' ? before.inputs[0] : undefined) ?? logits;
}
