import { Facts, type Graph } from 'onnx-grad';
import type { Runtime, SessionOptions } from '../runtime/runtime.js';
import { type ImageInput, imageInput, inputDims } from './input.js';
import { learnFacts } from './learn.js';
import { readGraph } from './read.js';
import { findScores, type Scores } from './score.js';

/** A classifier whose structure was read: nothing is loaded into a runtime yet. */
export interface Model {
  readonly graph: Graph;
  readonly facts: Facts;
  readonly input: ImageInput;
  readonly scores: Scores;
}

export interface ModelOptions {
  /** Which of several outputs holds the class scores; default: the first that is shaped like them. */
  readonly output?: string;
  readonly session?: SessionOptions;
}

/**
 * Reads a model's bytes as an image classifier. The runtime is asked only for the shape of outputs that the file does not tell.
 *
 * @throws OnnxGradError `invalid-model`; GradcamError `unsupported-model` where it is no image classifier
 */
export async function readClassifier(runtime: Runtime, bytes: Uint8Array, { output, session }: ModelOptions = {}): Promise<Model> {
  const graph = await readGraph(runtime, bytes, session);
  const facts = new Facts(graph);
  const input = imageInput(graph);
  facts.learn(input.name, { type: input.type, dims: inputDims(input) });
  const untold = graph.outputs.map(({ name }) => name).filter((name) => facts.of(name).dims === undefined);
  await learnFacts(runtime, facts, untold, session);
  return { graph, facts, input, scores: findScores(graph, facts, output) };
}
