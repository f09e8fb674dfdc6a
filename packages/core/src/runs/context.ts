import type { Layer } from '../layers/layers.js';
import type { ImageInput } from '../model/input.js';
import type { Heatmap } from '../picture/image.js';
import type { Volume } from '../picture/volume.js';
import type { Tensor } from '../runtime/runtime.js';
import type { MaskShape } from './masks.js';
import type { Random } from './random.js';

/** What methods that run the network many times can be told; what is left out has each method's own default. */
export interface RunSettings {
  /** Pictures in one run of the network; default: what suits the model. The result does not depend on it. */
  readonly batch?: number;
  /** Of everything random; default 0. */
  readonly seed?: number;
  /** Noisy copies, or random masks. */
  readonly samples?: number;
  /** Standard deviation of noise, as a share of the range of the input's numbers. */
  readonly noise?: number;
  /** Steps of an integral. */
  readonly steps?: number;
  /** Side of an occluding window, and the distance from one to the next, in pixels of the input. */
  readonly window?: number;
  readonly stride?: number;
}

/** How a caller follows and stops long work. */
export interface Control {
  /** An AbortSignal. It stops the work between two runs: the promise is rejected with a GradcamError `aborted`. */
  readonly signal?: { readonly aborted: boolean } | undefined;
  /** Told after each run of the network. @param done of `total` pictures that `method` shows to the network for one explanation */
  readonly progress?: (done: number, total: number, method: string) => void;
}

/** A, G and y of one picture. */
export interface Derivative {
  /** G = dy/dA, or dy/dx. */
  readonly gradient: Volume;
  /** A, or x. */
  readonly activations: Volume;
  readonly score: number;
}

/** Writes picture `index` of a series: numbers of the network's input, in its own layout. `into` holds the original picture when it is called. */
export type WritePicture = (index: number, into: Float32Array) => void;

/** Writes mask `index` of a series; it holds ones when it is called. */
export type WriteMask = (index: number, mask: Float32Array) => void;

/** What a method may use that runs the network many times: one picture, one class, one layer. */
export interface RunContext {
  /** The picture as the network takes it, float32: [1, …]. */
  readonly input: Tensor & { readonly data: Float32Array };
  /** What the input's axes hold. */
  readonly image: ImageInput;
  /** Height and width of the input. */
  readonly height: number;
  readonly width: number;
  /** The class that is explained. */
  readonly class: number;
  /** The layer; for methods of pixels undefined. */
  readonly layer: Layer | undefined;
  readonly settings: RunSettings;
  /** Random numbers that depend on the seed alone. */
  readonly random: Random;
  /** A of the picture, channels first. */
  activations(): Promise<Volume>;
  /** y of a series of pictures. */
  scores(count: number, write: WritePicture): Promise<Float64Array>;
  /** y of a series of masked pictures x ⊙ mask. @param write fills the mask of each, [height · width], which holds ones when it is called */
  maskedScores(count: number, write: WriteMask): Promise<Float64Array>;
  /** G, A and y of a series of pictures, in their order: at the layer, or at the input for methods of pixels. */
  gradients(count: number, write: WritePicture, visit: (derivative: Derivative, index: number) => void): Promise<void>;
  /**
   * y of a series of masked feature maps A ⊙ mask, from the layer on: the network before it runs once.
   *
   * @param shape which axes the masks have: one number for each channel, or one for each position
   * @param write fills the mask of each, which holds ones when it is called
   */
  tailScores(count: number, shape: MaskShape, write: WriteMask): Promise<Float64Array>;
}

/** Sums the channels of a volume: a map. */
export function sumOfChannels({ channels, height, width, data }: Volume): Heatmap {
  const size = height * width;
  const sum = new Float32Array(size);
  for (let channel = 0; channel < channels; channel++)
    for (let at = 0; at < size; at++) sum[at] = (sum[at] as number) + (data[channel * size + at] as number);
  return { height, width, data: sum };
}

/** Σₖ wₖ Aₖ. */
export function weightedChannels({ channels, height, width, data }: Volume, weights: ArrayLike<number>): Heatmap {
  const size = height * width;
  const sum = new Float64Array(size);
  for (let channel = 0; channel < channels; channel++) {
    const weight = weights[channel] ?? 0;
    for (let at = 0; at < size; at++) sum[at] = (sum[at] as number) + weight * (data[channel * size + at] as number);
  }
  return { height, width, data: Float32Array.from(sum) };
}
