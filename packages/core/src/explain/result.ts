import type { Heatmap } from '../picture/image.js';

/** A class and how probable the model thinks it is. */
export interface Prediction {
  readonly index: number;
  /** In [0, 1]. */
  readonly probability: number;
}

/** One explanation: why the model gives this class its score. */
export interface Explanation {
  /** Name of the method. */
  readonly method: string;
  /** Names of the values that were explained; the heatmap is fused of their maps. */
  readonly layers: readonly string[];
  readonly class: Prediction;
  /** The class logit y. */
  readonly score: number;
  /** The signed map L of each layer, before ReLU, scaling and resizing. */
  readonly maps: readonly Heatmap[];
  /** In [0, 1], at the size of the network's input. All 0 where `evidence` is false. */
  readonly heatmap: Heatmap;
  /** Whether any position speaks for the class; where the layers' heatmaps are multiplied, in all of them. */
  readonly evidence: boolean;
}

/** What the model says of one image, and why. */
export interface ImageResult {
  /** All classes, most probable first. */
  readonly predictions: readonly Prediction[];
  /** One a class and method. */
  readonly explanations: readonly Explanation[];
}
