import type { Detection, ExplainerOptions, Explanation, ImageInput, Placement, Preprocess, RgbImage, Scores } from '@gradcam/core';
import type { WebDevice, WebRuntimeOptions } from '../runtime/web.js';
import type { TargetChoice } from './target.js';

/** How a model is opened: the options of core's `openExplainer` that are plain data, where it runs, and what the model may not say itself. */
export interface EngineOptions
  extends Omit<ExplainerOptions, 'methods' | 'target' | 'room'>,
    Pick<WebRuntimeOptions, 'device' | 'threads' | 'assets'> {
  /** Names of methods; default `gradcam`. */
  readonly methods?: readonly string[];
  /** The score that is explained; default: what suits the output, the class score of a classifier. */
  readonly target?: TargetChoice;
  /** Names of the classes, class 0 first; default: those in the model's metadata, else ImageNet's where the number of classes says so. */
  readonly labels?: readonly string[];
  /** A preset's name, or a description whose parts have defaults; default: that in the model's metadata, else a guess that `notes` tells. */
  readonly preprocess?: string | Partial<Preprocess>;
  /** What messages call the model; default: its file's name, or `the model`. */
  readonly name?: string;
}

/** What the worker tells of an opened model. */
export interface ModelFacts {
  /** `onnxruntime-web 1.30.0 (wasm, 4 threads)` */
  readonly runtime: string;
  readonly device: WebDevice;
  readonly threads: number;
  readonly input: ImageInput;
  /** What the output holds: scores of classes, pixels or boxes, or an embedding. */
  readonly kind: Scores['kind'];
  /** How many classes, or references where a similarity to them is explained. */
  readonly classes: number;
  /** Class 0 first; empty where nobody has named them. */
  readonly labels: readonly string[];
  readonly preprocess: Preprocess;
  /** Names of the values that are explained. */
  readonly layers: readonly string[];
  /** What was assumed or left aside, a sentence each. */
  readonly notes: readonly string[];
}

/** A picture as it crosses to the worker. */
export type Portable = RgbImage | ImageData | Blob | ImageBitmap;

/** @internal */
export interface Question {
  /** By which the question can be stopped. */
  readonly ticket: number;
  readonly picture: Portable;
  readonly name: string;
  readonly classes: readonly number[];
  readonly methods: readonly string[] | undefined;
}

/** @internal */
export interface Answer {
  readonly picture: RgbImage;
  readonly placement: Placement;
  /** All classes, most probable first, and how probable each is. */
  readonly ranking: Uint32Array;
  readonly probabilities: Float32Array;
  readonly boxes: readonly Detection[] | undefined;
  readonly explanations: readonly Explanation[];
  readonly milliseconds: number;
}

/** Told while methods of many runs work: pictures done of `total` for one explanation by `method`. */
export type Progress = (done: number, total: number, method: string) => void;
