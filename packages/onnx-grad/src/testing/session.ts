import { InferenceSession } from 'onnxruntime-node';
import { append } from '../bytes/append.js';
import { outputsFor, skeleton } from '../bytes/probe.js';
import { Facts } from '../graph/facts.js';
import type { Graph } from '../graph/graph.js';
import type { Constant, Dimension } from '../graph/types.js';
import { elementTypeOf, fromTensor, toTensor } from './tensor.js';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Constant>>;

/** A model opened in ONNX Runtime as it stands: what is tested is what was written, not what an optimiser made of it. */
export async function open(bytes: Uint8Array): Promise<InferenceSession> {
  return InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    executionMode: 'sequential',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
}

/** Opens, uses and releases. */
export async function using<T>(bytes: Uint8Array, use: (session: InferenceSession) => Promise<T>): Promise<T> {
  const session = await open(bytes);
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

/** Runs a session on plain tensors; inputs that it lacks are left out. */
export async function run(session: InferenceSession, inputs: Tensors): Promise<Record<string, Constant>> {
  const feeds = Object.entries(inputs).filter(([name]) => session.inputNames.includes(name));
  const outputs = await session.run(Object.fromEntries(feeds.map(([name, tensor]) => [name, toTensor(tensor)])));
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, fromTensor(tensor)]));
}

/** Opens a model for one run. */
export async function answer(bytes: Uint8Array, inputs: Tensors): Promise<Record<string, Constant>> {
  return using(bytes, (session) => run(session, inputs));
}

/**
 * The facts about every value of a graph, first as a runtime infers them from a skeleton; what it cannot infer is seen in a
 * run on `inputs`. @param symbolic whether sizes seen in a run may differ in the next one, so that they are learned as symbols
 */
export async function learnFacts(graph: Graph, inputs: Tensors, symbolic = false): Promise<Facts> {
  const facts = new Facts(graph);
  const values = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  await using(skeleton(graph, values), async ({ inputMetadata, outputMetadata }) => {
    for (const info of [...inputMetadata, ...outputMetadata]) {
      // An unknown rank and a scalar are both reported as an empty shape.
      if (info.isTensor) facts.learn(info.name, { type: elementTypeOf(info.type), dims: info.shape.length === 0 ? undefined : info.shape });
    }
  });
  const unknown = values.filter((value) => !facts.complete(value));
  if (unknown.length === 0) return facts;
  const exposing = append(graph, { nodes: [], initializers: new Map(), inputs: [], outputs: outputsFor(graph, unknown) });
  const seen = await answer(exposing, inputs);
  for (const value of unknown) {
    const { type, dims } = seen[value] ?? {};
    const { dims: known } = facts.of(value);
    const measured = dims?.map((size, axis): Dimension => known?.[axis] || (symbolic && size !== 1 ? `measured ${size}` : size));
    facts.learn(value, { type, dims: measured });
  }
  return facts;
}
