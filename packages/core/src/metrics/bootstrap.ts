import type { Random } from '../runs/random.js';

/** A mean over images, and where the mean over all images of their kind may lie. */
export interface Estimate {
  readonly mean: number;
  /** Number of images. */
  readonly count: number;
  /** 95 % confidence interval; undefined for fewer than two images. */
  readonly interval: readonly [low: number, high: number] | undefined;
}

const RESAMPLES = 2000;
const OUTSIDE = 0.05;

/**
 * The mean with its 95 % confidence interval by the percentile bootstrap (Efron 1979): the means of 2000 samples, drawn with replacement from the
 * values, of which 2.5 % lie below and above. With few images it is too narrow rather than too wide.
 */
export function estimate(values: readonly number[], random: Random): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, count, interval: undefined };
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let draw = 0; draw < count; draw++) sum += values[Math.floor(random.uniform() * count)] as number;
    return sum / count;
  }).sort();
  return { mean, count, interval: [quantile(means, OUTSIDE / 2), quantile(means, 1 - OUTSIDE / 2)] };
}

/** Linear between the two nearest of sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
}
