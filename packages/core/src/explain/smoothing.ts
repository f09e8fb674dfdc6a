import { fromHalf } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { ImageInput } from '../model/input.js';
import type { Heatmap } from '../picture/image.js';
import { resizeToUnit } from '../picture/resize-map.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Control, RunSettings } from '../runs/context.js';
import { addNoise, addTo, deviation } from '../runs/pictures.js';
import { randomFrom } from '../runs/random.js';
import type { Tensor } from '../runtime/runtime.js';
import type { Explanation, ImageResult } from './result.js';
import { look, PLAIN, turnedBack, VIEWS, type View } from './views.js';

/**
 * How an explanation is averaged over copies of the picture: `aug`, its mirror image and it, each at 0.9, 1 and 1.1 times its numbers (pytorch-grad-cam's aug_smooth): six
 * heatmaps, turned back and averaged. `noise`, copies with noise (`samples`, default 25; `noise`, default 0.15; `seed`): their maps are averaged, as SmoothGrad does with
 * gradients. Both: the maps of each of the six are averaged over noise. `eigen` needs no copies (see `smoothMethods`).
 */
export type Smoothing = 'aug' | 'eigen' | 'noise';

const SAMPLES = 25;
const NOISE = 0.15;

/** Copies in one run, as in series of pictures. */
const BATCH = 8;

export interface SmoothingSettings extends RunSettings {
  readonly smooth?: readonly Smoothing[];
  readonly compat?: 'pytorch-grad-cam';
}

/** Whether explanations are averaged over copies of the picture. */
export function hasCopies({ smooth = [] }: SmoothingSettings): boolean {
  return smooth.includes('aug') || smooth.includes('noise');
}

/** One picture whose explanation is smoothed, and what explains. */
export interface Smoothed {
  /** One picture, as the network takes it. */
  readonly input: Tensor;
  readonly image: ImageInput;
  readonly classes: readonly number[];
  readonly settings: SmoothingSettings;
  readonly control: Control;
  /** Explains a batch without smoothing. */
  readonly explain: (input: Tensor, classes: readonly number[]) => Promise<ImageResult[]>;
  /** The heatmap of the signed maps of a method. */
  readonly heatmap: (maps: readonly Heatmap[], method: string) => Heatmap;
}

/** A picture's explanation, averaged over copies of it; class, score and predictions are those of the picture itself. */
export async function smoothed(question: Smoothed): Promise<ImageResult> {
  const { input, classes, settings, explain, heatmap } = question;
  const [original] = await explain(input, classes);
  if (original === undefined) throw new RangeError('a picture without a result');
  const { smooth = [] } = settings;
  const views = smooth.includes('aug') ? VIEWS : [PLAIN];
  const samples = smooth.includes('noise') ? (settings.samples ?? SAMPLES) : 1;
  const wanted = classes.length > 0 ? classes : original.explanations.slice(0, 1).map((explanation) => explanation.class.index);
  // The mean map of each explanation, in each view, of each layer.
  const means = original.explanations.map(({ maps }) => views.map(() => maps.map(({ data }) => new Float64Array(data.length))));
  await explainCopies(question, wanted, views, samples, (explanations, view) => {
    for (const [which, { maps }] of explanations.entries())
      for (const [layer, map] of maps.entries()) addTo(means[which]?.[view]?.[layer] ?? new Float64Array(0), map, 1 / samples);
  });
  const explanations = original.explanations.map((explanation, which): Explanation => {
    const seen = views.map((view, at) =>
      explanation.maps.map((map, layer) => turnedBack({ ...map, data: Float32Array.from(means[which]?.[at]?.[layer] ?? []) }, view)),
    );
    const maps = explanation.maps.map((_, layer) => mean(seen.flatMap((view) => view[layer] ?? [])));
    const whole = mean(seen.map((view) => heatmap(view, explanation.method)));
    // pytorch-grad-cam leaves the mean as it is.
    const unit = settings.compat === undefined ? resizeToUnit(whole, whole.width, whole.height) : whole;
    return { ...explanation, maps, heatmap: unit, evidence: unit.data.some((value) => value > 0) };
  });
  return { ...original, explanations };
}

/** Explains the copies of a picture in batches: `samples` with noise in each view. @param visit is given the explanations of each copy, in their order */
async function explainCopies(
  { input, image, settings, control, explain }: Smoothed,
  classes: readonly number[],
  views: readonly View[],
  samples: number,
  visit: (explanations: readonly Explanation[], view: number) => void,
): Promise<void> {
  const { smooth = [], batch = BATCH, seed = 0, noise = NOISE } = settings;
  const numbers = input.type === 'float16' ? Float32Array.from(input.data as Uint16Array, fromHalf) : Float32Array.from(input.data, Number);
  const looks = views.map((view) => look(numbers, input.dims, image, view));
  const sigma = smooth.includes('noise') ? deviation({ input: { ...input, data: numbers } }, noise) : 0;
  const random = randomFrom(seed);
  const viewOf = (copy: number) => Math.floor(copy / samples);
  const total = views.length * samples;
  for (let first = 0; first < total; first += batch) {
    if (control.signal?.aborted) throw new GradcamError('aborted', 'smoothing was stopped before it was done');
    const count = Math.min(batch, total - first);
    const data = new Float32Array(count * numbers.length);
    for (let row = 0; row < count; row++) {
      const into = data.subarray(row * numbers.length, (row + 1) * numbers.length);
      into.set(looks[viewOf(first + row)] ?? []);
      addNoise(into, sigma, random);
    }
    const results = await explain(inTypeOf({ type: 'float32', dims: [count, ...input.dims.slice(1)], data }, image), classes);
    for (const [row, { explanations }] of results.entries()) visit(explanations, viewOf(first + row));
    control.progress?.(first + count, total, 'smoothing');
  }
}

/** The mean of maps of one size. */
function mean(maps: readonly Heatmap[]): Heatmap {
  const [{ width, height } = { width: 0, height: 0 }] = maps;
  const data = Float32Array.from(
    { length: width * height },
    (_, at) => maps.reduce((sum, map) => sum + (map.data[at] as number), 0) / maps.length,
  );
  return { width, height, data };
}
