import { Facts, type Graph, inline, readModel } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Runtime, SessionOptions } from '../runtime/runtime.js';
import { learnFacts } from './learn.js';

/**
 * Reads a model's structure, with its functions, and with branches whose condition is constant, in the place of the nodes that stand for them.
 * The runtime is asked only for shapes that such a condition depends on.
 *
 * @throws OnnxGradError `invalid-model`, `limit`; GradcamError `not-found` where weights in files of their own were not given
 */
export async function readGraph(runtime: Runtime, bytes: Uint8Array, session: SessionOptions = {}): Promise<Graph> {
  const { externalData } = session;
  const graph = inline(readModel(bytes, externalData && { externalData }));
  requireExternalData(graph);
  const undecided = shapesAsked(graph);
  if (undecided.length === 0) return graph;
  const facts = new Facts(graph);
  await learnFacts(runtime, facts, undecided, session);
  return inline(graph, facts);
}

/** Values whose sizes alone decide which branches are taken. */
function shapesAsked(graph: Graph): string[] {
  // Sizes that were measured in a run stay what they are only where no picture of another size can come.
  if (graph.inputs.some(({ dims }) => dims?.slice(1).some((size) => typeof size === 'string') ?? true)) return [];
  return graph.nodes.filter(({ opType }) => opType === 'If').flatMap(({ inputs }) => shapesBehind(graph, inputs[0] ?? ''));
}

/** Values of whose shapes a value is computed; none where it is computed of other things, too. */
function shapesBehind(graph: Graph, value: string): string[] {
  const shaped: string[] = [];
  const seen = new Set<string>();
  const open = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next) || graph.initializers.has(next)) continue;
    seen.add(next);
    const node = graph.producer(next);
    if (node === undefined) return [];
    if (node.opType === 'Shape' || node.opType === 'Size') shaped.push(node.inputs[0] ?? '');
    else open.push(...node.inputs.filter((name) => name !== ''));
  }
  return shaped;
}

function requireExternalData({ initializers, externalData }: Graph): void {
  for (const { name, external } of initializers.values()) {
    if (external === undefined || externalData.has(external.location)) continue;
    throw new GradcamError(
      'not-found',
      `the model keeps its weights, such as '${name}', in the file '${external.location}', which was not given: give its content as session.externalData, a map from that name to the bytes`,
    );
  }
}
