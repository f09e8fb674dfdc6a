import { GraphBuilder } from '../build/builder.js';
import { skeleton } from '../bytes/probe.js';
import { Facts } from '../graph/facts.js';
import type { Graph } from '../graph/graph.js';
import type { Dimension, ElementType } from '../graph/types.js';

/** What a runtime says of an output: the shape of ONNX Runtime's `outputMetadata`, numbers and names of symbols. */
export interface OutputMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly Dimension[];
}

/** Opens a model, best without optimisation, and returns what is known of its outputs before any run. */
export type Infer = (bytes: Uint8Array) => Promise<readonly OutputMetadata[]>;

/** Runs a model on example inputs and returns these of its outputs. */
export type Measure = (
  bytes: Uint8Array,
  outputs: readonly string[],
) => Promise<Readonly<Record<string, { readonly data: ArrayLike<number | bigint | string> }>>>;

/**
 * The facts of a graph as a runtime infers them from the model without its large weights: milliseconds, whatever the size of the model.
 *
 * What depends on computed shapes (transformers exported through TorchScript, gradients of gradients) no runtime infers. It is measured in one run,
 * if somebody runs it; the sizes that are seen then count as fixed.
 *
 * @param infer `async (bytes) => (await InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled' })).outputMetadata`
 * @param measure `async (bytes, outputs) => (await InferenceSession.create(bytes)).run(inputs, outputs)`
 */
export async function learnFacts(graph: Graph, infer: Infer, measure?: Measure): Promise<Facts> {
  const facts = new Facts(graph);
  const values = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  // An unknown rank and a scalar are both reported as an empty shape.
  for (const { name, isTensor, type, shape = [] } of await infer(skeleton(graph, values)))
    if (isTensor) facts.learn(name, { type: type as ElementType | undefined, dims: shape.length > 0 ? shape : undefined });
  const unknown = values.filter((value) => facts.of(value).type !== undefined && !facts.complete(value));
  if (measure === undefined || unknown.length === 0) return facts;
  const b = new GraphBuilder(graph, facts, 'measured');
  const shapes = new Map(unknown.map((value) => [value, b.output(`shape of ${value}`, b.shape(value))]));
  const seen = await measure(b.append(), [...shapes.values()]);
  for (const [value, output] of shapes)
    facts.learn(value, { type: undefined, dims: Array.from(seen[output]?.data ?? [], (size) => Number(size)) });
  return facts;
}
