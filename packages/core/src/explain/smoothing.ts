import { fromHalf } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { ImageInput } from '../model/input.js';
import type { Heatmap } from '../picture/image.js';
import { resizeToUnit } from '../picture/resize-map.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Control, RunSettings } from '../runs/context.js';
import { addNoise, deviation } from '../runs/pictures.js';
import { randomFrom } from '../runs/random.js';
import type { Tensor } from '../runtime/runtime.js';
import type { Explanation, ImageResult } from './result.js';

/**
 * How an explanation is averaged over copies of the picture: `aug`, its mirror image and it, each at 0.9, 1 and 1.1 times its numbers (pytorch-grad-cam's aug_smooth): six
 * heatmaps, turned back and averaged. `noise`, copies with noise (`samples`, default 25; `noise`, default 0.15; `seed`): their maps are averaged, as SmoothGrad does with
 * gradients. Both: the maps of each of the six are averaged over noise. `eigen` needs no copies (see `smoothMethods`).
 */
export type Smoothing = 'aug' | 'eigen' | 'noise';

/** One way to look at the picture. */
interface View {
  readonly mirrored: boolean;
  readonly factor: number;
}

const PLAIN: View = { mirrored: false, factor: 1 };
const VIEWS: readonly View[] = [false, true].flatMap((mirrored) => [0.9, 1, 1.1].map((factor) => ({ mirrored, factor })));

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
export async function smoothed({ input, image, classes, settings, control, explain, heatmap }: Smoothed): Promise<ImageResult> {
  const [original] = await explain(input, classes);
  if (original === undefined) throw new RangeError('a picture without a result');
  const wanted = classes.length > 0 ? classes : original.explanations.slice(0, 1).map((explanation) => explanation.class.index);
  const { smooth = [], batch = BATCH, seed = 0, noise = NOISE } = settings;
  const views = smooth.includes('aug') ? VIEWS : [PLAIN];
  const samples = smooth.includes('noise') ? (settings.samples ?? SAMPLES) : 1;
  const numbers = input.type === 'float16' ? Float32Array.from(input.data as Uint16Array, fromHalf) : Float32Array.from(input.data, Number);
  const random = randomFrom(seed);
  const sigma = smooth.includes('noise') ? deviation({ input: { ...input, data: numbers } }, noise) : 0;
  const looks = views.map((view) => look(numbers, input.dims, image, view));
  const sums = original.explanations.map(({ maps }) => views.map(() => maps.map(({ data }) => new Float64Array(data.length))));
  const total = views.length * samples;
  for (let first = 0; first < total; first += batch) {
    if (control.signal?.aborted) throw new GradcamError('aborted', 'smoothing was stopped before it was done');
    const count = Math.min(batch, total - first);
    const data = new Float32Array(count * numbers.length);
    for (let row = 0; row < count; row++) {
      const into = data.subarray(row * numbers.length, (row + 1) * numbers.length);
      into.set(looks[Math.floor((first + row) / samples)] ?? []);
      addNoise(into, sigma, random);
    }
    const copies = inTypeOf({ type: 'float32', dims: [count, ...input.dims.slice(1)], data }, image);
    for (const [row, { explanations }] of (await explain(copies, wanted)).entries())
      for (const [which, { maps }] of explanations.entries())
        for (const [layer, map] of maps.entries()) {
          const sum = sums[which]?.[Math.floor((first + row) / samples)]?.[layer];
          for (let at = 0; sum !== undefined && at < sum.length; at++) sum[at] = (sum[at] as number) + (map.data[at] as number);
        }
    control.progress?.(first + count, total, 'smoothing');
  }
  const explanations = original.explanations.map((explanation, which): Explanation => {
    const seen = views.map(({ mirrored }, view) =>
      explanation.maps.map(({ width, height }, layer) => {
        const map = { width, height, data: Float32Array.from(sums[which]?.[view]?.[layer] ?? [], (sum) => sum / samples) };
        return mirrored ? { ...map, data: mirror(map.data, width, 1) } : map;
      }),
    );
    const maps = explanation.maps.map((_, layer) => mean(seen.flatMap((view) => view[layer] ?? [])));
    const whole = mean(seen.map((view) => heatmap(view, explanation.method)));
    // The other library leaves the mean as it is.
    const unit = settings.compat === undefined ? resizeToUnit(whole, whole.width, whole.height) : whole;
    return { ...explanation, maps, heatmap: unit, evidence: unit.data.some((value) => value > 0) };
  });
  return { ...original, explanations };
}

/** The picture in one view. */
function look(numbers: Float32Array, dims: readonly number[], { layout }: ImageInput, { mirrored, factor }: View): Float32Array {
  const scaled = numbers.map((value) => value * factor);
  if (!mirrored) return scaled;
  return layout === 'NCHW' ? mirror(scaled, dims[3] ?? 1, 1) : mirror(scaled, dims[2] ?? 1, dims[3] ?? 1);
}

/** Rows of `width` positions, `step` numbers each, from right to left. */
function mirror(data: Float32Array, width: number, step: number): Float32Array {
  const row = width * step;
  return data.map((_, index) => {
    const column = Math.floor((index % row) / step);
    return data[index + (width - 1 - 2 * column) * step] as number;
  });
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
