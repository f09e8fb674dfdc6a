import type { Prediction } from '../explain/result.js';
import type { Heatmap } from '../picture/image.js';

/** What a concept says of a class. */
export interface ConceptClass {
  readonly index: number;
  /**
   * The logit of a picture that is this concept all over, as strong as it is anywhere; or, where the head cannot be asked alone, what the concept
   * adds to the logit, the mean over the pictures.
   */
  readonly score: number;
  /** In [0, 1], of that picture; undefined where only what it adds is known. */
  readonly probability: number | undefined;
}

/** A direction in the layer's channels that many positions share. */
export interface Concept {
  /** v: the channels where the concept is strongest, none negative. Its part of A is v times its map. */
  readonly vector: Float32Array;
  /** Of the squared activations of all concepts, those of this one: in [0, 1]. */
  readonly share: number;
  /** Highest score first: all classes, or those that the network thinks of most. */
  readonly classes: readonly ConceptClass[];
}

/** What the network says of one picture, and where each concept is in it. */
export interface FactorizedImage {
  /** All classes, most probable first; none where the network has no score for each. */
  readonly predictions: readonly Prediction[];
  /** For each concept its map h in [0, 1], at the layer's resolution; 1 is where it is strongest in any picture. */
  readonly maps: readonly Heatmap[];
}

/** Feature maps as a few concepts, shared by all pictures: A ≈ Σₖ vₖ·hₖ. */
export interface Factorization {
  /** Name of the layer. */
  readonly layer: string;
  /** Largest share first; fewer than were asked for where the layer holds no more. */
  readonly concepts: readonly Concept[];
  readonly images: readonly FactorizedImage[];
  /**
   * How the classes were found: by the head of the network alone, exactly, or by gradients, to first order. By `nothing` where the network has no
   * score for each class (segmentation, detection, embeddings): there are none then.
   */
  readonly scoredBy: 'head' | 'gradient' | 'nothing';
  /** ‖A − Σₖ vₖ·hₖ‖ / ‖A‖ of the activations that are not negative. */
  readonly error: number;
  /** Of the squared activations, those that were negative and are left out: 0 behind a ReLU. */
  readonly clipped: number;
}
