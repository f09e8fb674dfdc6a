import type { Heatmap } from '../picture/image.js';
import type { Rectangle } from '../picture/resample.js';
import type { Random } from '../runs/random.js';
import type { Frame } from './frame.js';
import type { Region } from './region.js';

/** What metrics can be told; what is left out has its default. */
export interface MetricSettings {
  /** Pictures in one run of the network; the result does not depend on it. */
  readonly batch?: number;
  /** Of everything random; default 0. */
  readonly seed?: number;
  /** Steps of the deletion and insertion curves; default 50. */
  readonly steps?: number;
  /** Random squares of the infidelity; default 100. Noisy copies of the sensitivity: a tenth as many. */
  readonly samples?: number;
  /** What stands for a pixel that is taken away, a number for each channel of the input (or one for all); default 0, the mean of a normalised input. */
  readonly grey?: readonly number[];
  /** Share of the map's maximum from which on a pixel belongs to what it shows (mask IoU); default 0.5. */
  readonly threshold?: number;
  /** How far from the thing the maximum may lie and still hit it (pointing game), in pixels of the photograph; default 15. */
  readonly tolerance?: number;
}

/** Class probabilities as more and more of the picture is replaced. */
export interface Curve {
  /** Share of the pixels that are replaced: 0 to 1. */
  readonly shares: Float64Array;
  readonly scores: Float64Array;
}

/** The thing in the photograph, and the heatmap over the photograph. */
export interface Located {
  /** In the pixels of the photograph; 0 where the network saw nothing. */
  readonly heatmap: Heatmap;
  /** The thing, where the network saw it: the same size. */
  readonly region: Region;
  /** What the network saw of the photograph. */
  readonly seen: Rectangle;
}

/** A map that is judged, and what a metric may use: x the picture, h the heatmap, y the class probability. */
export interface Judged {
  /** x: the numbers of the network's input. */
  readonly picture: Float32Array;
  /** How they lie. */
  readonly frame: Frame;
  /** h, in [0, 1], at the size of the input. Its maximum is over 0. */
  readonly heatmap: Heatmap;
  /** y(x), in [0, 1]. */
  readonly score: number;
  readonly settings: MetricSettings;
  /** Pixels of the input, most relevant first; those that are equally relevant row by row. @throws GradcamError `not-measurable` for a map that is the same everywhere */
  order(): Uint32Array;
  /** A picture all of which is taken away. */
  grey(): Float32Array;
  /** Heatmap and thing in the photograph. @throws GradcamError `not-measurable` where neither box nor mask is known, or the network saw nothing of it */
  located(): Located;
  /** Random numbers, from the seed's beginning. */
  random(): Random;
  /** y of pictures. @param write fills picture `index`; `into` holds x when it is called */
  scores(count: number, write: (index: number, into: Float32Array) => void): Promise<Float64Array>;
  /** y(x ⊙ h). */
  masked(): Promise<number>;
  /** The heatmap of another picture, by the method that is judged, for the same class. */
  again(picture: Float32Array): Promise<Heatmap>;
  /** Another metric of the same map. Nothing is computed twice. */
  of(metric: Metric): Promise<number>;
}

/** What every metric says of itself; lists and heads of tables show it. */
interface Described {
  /** Name in the API and the command. */
  readonly name: string;
  /** How heads of tables write it. */
  readonly title: string;
  /** Other spellings. */
  readonly aliases: readonly string[];
  /** One line: what it measures. */
  readonly summary: string;
  /** The paper that defines it. */
  readonly source: string;
  /** Which values speak for the map. */
  readonly better: 'higher' | 'lower';
  /** What has to be known besides the picture: nothing, or where the thing is, as boxes or as a mask. */
  readonly needs: 'nothing' | 'region';
  /** What it costs for each map, in a few words. */
  readonly cost: string;
}

/** A metric that is one number. */
export interface ScalarMetric extends Described {
  /** @throws GradcamError `not-measurable` where it is not defined for the map */
  readonly measure: (judged: Judged) => number | Promise<number>;
}

/** A metric that is the area under a curve. */
export interface CurveMetric extends Described {
  /** @throws GradcamError `not-measurable` where it is not defined for the map */
  readonly curve: (judged: Judged) => Promise<Curve>;
}

export type Metric = ScalarMetric | CurveMetric;
