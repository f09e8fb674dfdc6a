// Models in ONNX Runtime, as they stand: what is tested is what was written, not what an optimiser made of it.
import { InferenceSession } from 'onnxruntime-node';
import { append, Facts, skeleton } from '../../packages/onnx-grad/dist/index.js';
import { fromOrt, toOrt } from './tensors.mjs';

export async function open(bytes) {
  return InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    executionMode: 'sequential',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
}

/** Opens, uses and releases. */
export async function using(bytes, use) {
  const session = await open(bytes);
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

/** Runs a session on tensors by name, and gives those of the outputs that are asked for. */
export async function run(session, inputs, outputs = session.outputNames) {
  const feeds = [...inputs].filter(([name]) => session.inputNames.includes(name));
  const made = await session.run(Object.fromEntries(feeds.map(([name, tensor]) => [name, toOrt(tensor)])), outputs);
  return new Map(outputs.map((name) => [name, fromOrt(made[name])]));
}

/** Types and shapes of all values: as ONNX Runtime infers them, the rest as they are in a run. */
export async function learnFacts(graph, inputs) {
  const facts = new Facts(graph);
  const values = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  await using(skeleton(graph, values), ({ inputMetadata, outputMetadata }) => {
    // An unknown rank and a scalar are both reported as an empty shape.
    for (const { isTensor, name, type, shape } of [...inputMetadata, ...outputMetadata])
      if (isTensor) facts.learn(name, { type, dims: shape.length === 0 ? undefined : shape });
  });
  const present = new Set(graph.outputs.map(({ name }) => name));
  const unknown = values.filter((value) => !facts.complete(value));
  if (unknown.length === 0) return facts;
  const outputs = unknown.filter((name) => !present.has(name)).map((name) => ({ name, type: undefined, dims: undefined }));
  await using(append(graph, { nodes: [], initializers: new Map(), inputs: [], outputs }), async (session) => {
    for (const [name, { type, dims }] of await run(session, inputs, unknown)) facts.learn(name, { type, dims });
  });
  return facts;
}
