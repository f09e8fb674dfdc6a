import type { Heatmap } from '../picture/image.js';
import type { Detection } from './detections.js';

/** A class and how probable the model thinks it is. */
export interface Prediction {
  readonly index: number;
  /** In [0, 1]; of a segmentation the share of pixels, of a detector the score of the best box, of references the similarity, in [−1, 1]. */
  readonly probability: number;
}

/** One explanation: why the model gives this class its score. */
export interface Explanation {
  /** Name of the method. */
  readonly method: string;
  /** Names of the values that were explained; the heatmap is fused of their maps. */
  readonly layers: readonly string[];
  readonly class: Prediction;
  /** The score y that is explained: the class logit unless another target was asked for. */
  readonly score: number;
  /** The signed map L of each layer, before ReLU, scaling and resizing. */
  readonly maps: readonly Heatmap[];
  /** In [0, 1], at the size of the network's input; drawn when it is read first. All 0 where `evidence` is false. */
  readonly heatmap: Heatmap;
  /** Whether any position speaks for the class; where the layers' heatmaps are multiplied, in all of them. */
  readonly evidence: boolean;
}

/** What the model says of one image, and why. */
export interface ImageResult {
  /** All classes, most probable first; of a segmentation by their share of pixels, of a detector by the score of their best box. */
  readonly predictions: readonly Prediction[];
  /** What a detector found, the best first; undefined for other models. */
  readonly boxes?: readonly Detection[] | undefined;
  /** One a class and method. */
  readonly explanations: readonly Explanation[];
}
