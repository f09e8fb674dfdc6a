import { GradcamError } from '../errors.js';
import type { Heatmap, Placement } from '../picture/image.js';
import { placeHeatmap } from '../picture/place.js';
import { randomFrom } from '../runs/random.js';
import type { Series } from '../runs/series.js';
import { areaUnder } from './curve.js';
import { type Frame, multiplyBy, plain } from './frame.js';
import type { Curve, Judged, Located, Metric, MetricSettings } from './metric.js';
import { orderOf } from './order.js';
import type { Region } from './region.js';

/** Where the thing is that the class names, in the photograph. */
export interface Truth {
  readonly region: Region;
  /** Where the network's input lies on the photograph; default: the region is given in the pixels of the input. */
  readonly placement?: Placement;
}

/** Heatmap and thing in the photograph. @throws GradcamError `not-measurable` where the network saw nothing of the thing */
export function locate(map: Heatmap, { region, placement = { left: 0, top: 0, scaleX: 1, scaleY: 1 } }: Truth): Located {
  const { heatmap, seen } = placeHeatmap(map, placement, region);
  const inside = new Uint8Array(region.inside.length);
  for (let y = seen.top; y < seen.top + seen.height; y++) {
    const row = [y * region.width + seen.left, y * region.width + seen.left + seen.width] as const;
    inside.set(region.inside.subarray(...row), row[0]);
  }
  if (!inside.includes(1)) throw new GradcamError('not-measurable', 'the network saw nothing of the thing: it was cropped away before');
  return { heatmap, seen, region: { ...region, inside } };
}

/** What a judge is given of one map. */
export interface Case {
  /** The network, and the picture as it takes it. */
  readonly network: Pick<Series, 'input' | 'image' | 'height' | 'width' | 'scores'>;
  readonly heatmap: Heatmap;
  /** y(x). */
  readonly score: number;
  readonly truth: Truth | undefined;
  readonly settings: MetricSettings;
  readonly again: (picture: Float32Array) => Promise<Heatmap>;
}

/** One map under judgement. What several metrics need is worked out once. */
export class Judge implements Judged {
  readonly picture: Float32Array;
  readonly frame: Frame;
  readonly heatmap: Heatmap;
  readonly score: number;
  readonly settings: MetricSettings;
  readonly again: Judged['again'];
  readonly scores: Judged['scores'];
  readonly #truth: Truth | undefined;
  readonly #known = new Map<string, unknown>();

  constructor({ network, heatmap, score, truth, settings, again }: Case) {
    const { height, width, image, input } = network;
    this.picture = input.data;
    this.frame = { channels: image.channels, height, width, layout: image.layout };
    this.heatmap = heatmap;
    this.score = score;
    this.settings = settings;
    this.again = again;
    this.scores = (count, write) => network.scores(count, write);
    this.#truth = truth;
  }

  readonly order = (): Uint32Array => this.#once('order', () => orderOf(this.heatmap));

  readonly grey = (): Float32Array => plain(this.settings.grey ?? [0], this.frame);

  readonly random = () => randomFrom(this.settings.seed ?? 0);

  readonly masked = (): Promise<number> =>
    this.#once('masked', async () => {
      const [score = Number.NaN] = await this.scores(1, (_, into) => multiplyBy(this.heatmap, this.frame, into));
      return score;
    });

  readonly located = (): Located =>
    this.#once('located', () => {
      if (this.#truth === undefined) throw new GradcamError('not-measurable', 'neither a box nor a mask is given for this image');
      return locate(this.heatmap, this.#truth);
    });

  /** The curve of a metric that is the area under one. */
  readonly curveOf = (metric: Metric): Promise<Curve> | undefined =>
    'curve' in metric ? this.#once(`curve of ${metric.name}`, () => metric.curve(this)) : undefined;

  readonly of = (metric: Metric): Promise<number> =>
    this.#once(metric.name, async () => {
      if (this.heatmap.data.every((value) => value <= 0))
        throw new GradcamError('not-measurable', 'nothing speaks for the class: the map is all zero');
      const value = 'curve' in metric ? areaUnder(await (this.curveOf(metric) as Promise<Curve>)) : await metric.measure(this);
      if (Number.isFinite(value)) return value;
      throw new GradcamError('not-measurable', `${metric.title} is not finite here: are the model's scores finite?`);
    });

  #once<T>(name: string, make: () => T): T {
    if (!this.#known.has(name)) this.#known.set(name, make());
    return this.#known.get(name) as T;
  }
}
