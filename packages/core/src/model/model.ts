import { Facts, type Graph, readModel } from 'onnx-grad';
import { type ImageInput, imageInput } from './input.js';
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
}

/**
 * Reads a model's bytes as an image classifier.
 *
 * @throws OnnxGradError `invalid-model`; GradcamError `unsupported-model` where it is no image classifier
 */
export function readClassifier(bytes: Uint8Array, { output }: ModelOptions = {}): Model {
  const graph = readModel(bytes);
  const facts = new Facts(graph);
  return { graph, facts, input: imageInput(graph), scores: findScores(graph, facts, output) };
}
