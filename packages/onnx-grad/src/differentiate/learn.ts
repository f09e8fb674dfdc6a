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

/**
 * The facts of a graph as a runtime infers them from the model without its large weights: milliseconds, whatever the size of the model.
 *
 * What depends on computed shapes (transformers exported through TorchScript) stays unknown: run the model once with those values as outputs, and
 * `facts.learn` what came.
 *
 * @param infer opens the bytes, best without optimisation, and returns what it knows of the outputs:
 * `async (bytes) => (await InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled' })).outputMetadata`
 */
export async function learnFacts(graph: Graph, infer: (bytes: Uint8Array) => Promise<readonly OutputMetadata[]>): Promise<Facts> {
  const facts = new Facts(graph);
  const values = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  // An unknown rank and a scalar are both reported as an empty shape.
  for (const { name, isTensor, type, shape = [] } of await infer(skeleton(graph, values)))
    if (isTensor) facts.learn(name, { type: type as ElementType | undefined, dims: shape.length > 0 ? shape : undefined });
  return facts;
}
