import { Attributes, ancestors, type Graph, type Node, valuesRead } from 'onnx-grad';

/** Whether the outputs of a node are an affine function of some of its inputs, the others held fixed. @param inputs their indices */
type AffineIn = (inputs: readonly number[], node: Node) => boolean;

/** Sums: in all inputs together. */
const jointly: AffineIn = () => true;

/** Products: in each input as long as the others stay. */
const singly: AffineIn = (inputs) => inputs.length === 1;

/** In the first input alone; the others say by what, where or how many. */
const first: AffineIn = (inputs) => inputs.every((index) => index === 0);

/** In training it draws random numbers. */
const dropout: AffineIn = (inputs, node) => first(inputs, node) && (node.inputs[2] ?? '') === '';

/** In training it normalises by its input, and says so by an attribute, in old operator sets by more outputs. */
const batchNormalization: AffineIn = (inputs, node) =>
  first(inputs, node) && node.outputs.length === 1 && new Attributes(node).int('training_mode', 0) === 0;

/** Operators of the standard that are affine; what is missing here counts as not. */
const affine: ReadonlyMap<string, AffineIn> = new Map([
  ...['Add', 'Sub', 'Sum', 'Mean', 'Neg', 'Concat'].map((name) => [name, jointly] as const),
  ...['Mul', 'MatMul', 'Gemm', 'Conv', 'ConvTranspose'].map((name) => [name, singly] as const),
  ...['GlobalAveragePool', 'AveragePool', 'ReduceMean', 'ReduceSum', 'Resize', 'Div'].map((name) => [name, first] as const),
  ...['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Split'].map((name) => [name, first] as const),
  ['Dropout', dropout],
  ['BatchNormalization', batchNormalization],
]);

/** Operators that read the sizes of a value, not its numbers. */
const sizes: ReadonlySet<string> = new Set(['Shape', 'Size']);

/**
 * What keeps one value of a graph from being provably an affine function of another, for any fixed picture: a node that computes with it and is
 * not affine in it. Without such a node f(A ⊙ m) = f(A) − Σ (1 − m) ⊙ G ⊙ A for each mask m, with G = df/dA.
 */
export function notAffine(graph: Graph, from: string, to: string): Node | undefined {
  const depending = new Set([from]);
  const between = [...ancestors(graph, [to], new Set([from]))].sort((one, other) => one.index - other.index);
  for (const node of between) {
    if (sizes.has(node.opType) || !valuesRead(node).some((value) => depending.has(value))) continue;
    const inputs = [...node.inputs.keys()].filter((index) => depending.has(node.inputs[index] ?? ''));
    // What a subgraph reads is none of its inputs: operators with subgraphs are not in the table.
    if (node.domain !== '' || !affine.get(node.opType)?.(inputs, node)) return node;
    for (const output of node.outputs) depending.add(output);
  }
  return undefined;
}
