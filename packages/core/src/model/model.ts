import { Facts, type Graph } from 'onnx-grad';
import type { Runtime, SessionOptions } from '../runtime/runtime.js';
import { joinedBehind } from './detector.js';
import { type ImageInput, imageInput, inputDims } from './input.js';
import { learnFacts } from './learn.js';
import { mapLogitsOf } from './logits.js';
import { readGraph } from './read.js';
import { findScores, type Scores } from './score.js';

/** A model of pictures whose structure was read: nothing is loaded into a runtime yet. */
export interface Model {
  readonly graph: Graph;
  readonly facts: Facts;
  readonly input: ImageInput;
  readonly scores: Scores;
}

export interface ModelOptions {
  /** Which of several outputs is explained; default: the first of class scores, else the first of pixels or boxes. */
  readonly output?: string;
  readonly session?: SessionOptions;
}

/**
 * Reads a model's bytes: a classifier, or a model that gives class scores of pixels, boxes or an embedding. The runtime is asked only for the shapes of
 * outputs that the file does not tell, and of what a map or boxes are joined of.
 *
 * @throws OnnxGradError `invalid-model`; GradcamError `unsupported-model` where no output can be explained
 */
export async function readClassifier(runtime: Runtime, bytes: Uint8Array, { output, session }: ModelOptions = {}): Promise<Model> {
  const graph = await readGraph(runtime, bytes, session);
  const facts = new Facts(graph);
  const input = imageInput(graph);
  facts.learn(input.name, { type: input.type, dims: inputDims(input) });
  const outputs = graph.outputs.map(({ name }) => name).filter((name) => output === undefined || name === output);
  const learn = (values: readonly string[]) =>
    learnFacts(
      runtime,
      facts,
      values.filter((value) => facts.of(value).dims === undefined),
      session,
    );
  await learn(outputs);
  const maps = outputs.filter((name) => (facts.of(name).dims?.length ?? 0) > 2);
  await learn(maps.flatMap((name) => [mapLogitsOf(graph, name).logits, ...joinedBehind(graph, name)]));
  return { graph, facts, input, scores: findScores(graph, facts, input, output) };
}
