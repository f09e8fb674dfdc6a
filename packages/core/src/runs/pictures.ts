import type { ImageInput } from '../model/input.js';
import type { Volume } from '../picture/volume.js';
import type { RunContext } from './context.js';

/** x ⊙ mask for every channel: `into` holds a picture in the network's layout, `mask` one number for each of its positions. */
export function maskPicture(into: Float32Array, mask: Float32Array, { layout, channels }: Pick<ImageInput, 'layout' | 'channels'>): void {
  const size = mask.length;
  if (layout === 'NCHW') {
    for (let channel = 0; channel < channels; channel++) {
      const from = channel * size;
      for (let at = 0; at < size; at++) into[from + at] = (into[from + at] as number) * (mask[at] as number);
    }
  } else for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) * (mask[Math.floor(at / channels)] as number);
}

/** Standard deviation of noise that is a share of the range of the input's numbers, max x − min x, as SmoothGrad defines it. */
export function deviation({ input: { data } }: Pick<RunContext, 'input'>, share: number): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return share * (high - low);
}

/** Adds noise of a standard deviation to each number of a picture. */
export function addNoise(into: Float32Array, sigma: number, random: RunContext['random']): void {
  if (sigma > 0) for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) + sigma * random.normal();
}

/** Adds `factor` times the numbers of a volume to a sum of many. */
export function addTo(sum: Float64Array, { data }: Pick<Volume, 'data'>, factor: number): void {
  for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + factor * (data[at] as number);
}
