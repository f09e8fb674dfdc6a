import {
  type Detection,
  type Explanation,
  type Heatmap,
  type OverlayOptions,
  overlayHeatmap,
  type Placement,
  type RgbImage,
} from '@gradcam/core';
import { toImageData } from '../picture/write.js';
import type { Answer } from './protocol.js';

/** A class, what it is called, and how probable the model thinks it is. */
export interface LabelledClass {
  readonly index: number;
  /** `class 7` where nobody has named it. */
  readonly label: string;
  readonly probability: number;
}

/** Options of {@link WebResult.figure}. */
export interface FigureOptions extends OverlayOptions {
  /** Above the picture; default: its name. */
  readonly title?: string;
  readonly footer?: string;
}

/** Why the model gives a class its score. Nothing of it is in the worker any more. */
export class WebExplanation {
  readonly method: string;
  /** Names of the values that were explained. */
  readonly layers: readonly string[];
  readonly class: LabelledClass;
  /** The score that is explained: the class logit unless another target was asked for. */
  readonly score: number;
  /** The signed map of each layer, before ReLU, scaling and resizing. */
  readonly maps: readonly Heatmap[];
  /** In [0, 1], at the size of the network's input. All 0 where `evidence` is false. */
  readonly heatmap: Heatmap;
  /** Whether any position speaks for the class. */
  readonly evidence: boolean;

  /** @internal */
  constructor(
    { method, layers, score, maps, heatmap, evidence }: Explanation,
    labelled: LabelledClass,
    private readonly picture: RgbImage,
    private readonly placement: Placement,
  ) {
    this.method = method;
    this.layers = layers;
    this.class = labelled;
    this.score = score;
    this.maps = maps;
    this.heatmap = heatmap;
    this.evidence = evidence;
  }

  /** The heatmap over the picture, as large as that: `context.putImageData(explanation.overlay(), 0, 0)`. @throws GradcamError `limit`, `unknown-method` */
  overlay(options: OverlayOptions = {}): ImageData {
    return toImageData(overlayHeatmap(this.picture, this.heatmap, this.placement, options));
  }
}

/** What the model says of one picture, and why. */
export class WebResult {
  /** The picture as it was read: upright, without transparency. */
  readonly picture: RgbImage;
  /** Where the network's input lies on it. */
  readonly placement: Placement;
  /** All classes, most probable first. */
  readonly predictions: readonly LabelledClass[];
  /** What a detector found, the best first; undefined for other models. */
  readonly boxes: readonly Detection[] | undefined;
  /** One a class and method. */
  readonly explanations: readonly WebExplanation[];
  /** Preprocessing and all runs, without reading the picture. */
  readonly milliseconds: number;

  /** @internal */
  constructor(
    { picture, placement, ranking, probabilities, boxes, explanations, milliseconds }: Answer,
    labels: readonly string[],
    private readonly name: string,
  ) {
    const labelled = (index: number, probability: number) => ({ index, label: labels[index] ?? `class ${index}`, probability });
    this.picture = picture;
    this.placement = placement;
    this.predictions = Array.from(ranking, (index, place) => labelled(index, probabilities[place] ?? Number.NaN));
    this.boxes = boxes;
    this.explanations = explanations.map(
      (one) => new WebExplanation(one, labelled(one.class.index, one.class.probability), picture, placement),
    );
    this.milliseconds = milliseconds;
  }

  /** The picture and all overlays side by side, with titles and a colour bar: `toPng(await result.figure())` is a file. */
  async figure(options: FigureOptions = {}): Promise<OffscreenCanvas> {
    // Its letters are outlines, which only who draws figures should wait for.
    const { explainedFigure, renderFigure } = await import('./figure.js');
    const { picture: image, placement, explanations, name } = this;
    const title = (one: WebExplanation) => `${one.method}: ${one.class.label.split(',', 1).join('')}`;
    const overlays = explanations.map((one) => ({ heatmap: one.heatmap, title: title(one) }));
    return renderFigure(explainedFigure({ image, placement, overlays, title: name, ...options }));
  }
}
