/** Interpolation of a picture: a triangle (`bilinear`), or Keys' cubic with a = −0.5 (`bicubic`). */
export type Interpolation = 'bilinear' | 'bicubic';

/** For one axis: which source positions each output position reads, and how much of each. */
export interface AxisWeights {
  /** Source positions read by an output position at most. */
  readonly taps: number;
  /** Per output position: its first source position. */
  readonly first: Int32Array;
  /** Per output position: how many source positions it reads. */
  readonly count: Int32Array;
  /** `taps` per output position, in units of 1 / 2^{@link PRECISION_BITS}; they add up to 1 but for rounding. */
  readonly weights: Int32Array;
}

/** Fixed point: 8 bits of pixel, 2 bits of head room for the cubic's overshoot and a sign are left of 32. As Pillow has it. */
export const PRECISION_BITS = 22;

const filters: Readonly<Record<Interpolation, { support: number; value: (x: number) => number }>> = {
  bilinear: { support: 1, value: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, value: keysCubic },
};

/** R. Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = −0.5. */
function keysCubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return 0;
}

/**
 * Weights of output positions `from` … `from + length − 1` when `source` positions are resized to `size`. Pixel centres are at
 * half-integers. When shrinking, the filter is widened by the scale (antialiasing). What would be read beyond an edge is left
 * out and the rest renormalised.
 */
export function axisWeights(source: number, size: number, from: number, length: number, interpolation: Interpolation): AxisWeights {
  const { support, value } = filters[interpolation];
  const scale = source / size;
  const widening = Math.max(1, scale);
  const reach = support * widening;
  const taps = Math.min(source, 2 * Math.ceil(reach) + 1);
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * taps);
  const row = new Float64Array(taps);
  for (let i = 0; i < length; i++) {
    const centre = (from + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(source, Math.trunc(centre + reach + 0.5));
    let sum = 0;
    for (let t = 0; t < end - start; t++) {
      const weight = value((start + t + 0.5 - centre) / widening);
      row[t] = weight;
      sum += weight;
    }
    first[i] = start;
    count[i] = end - start;
    for (let t = 0; t < end - start; t++) weights[i * taps + t] = Math.round(((row[t] ?? 0) / sum) * (1 << PRECISION_BITS));
  }
  return { taps, first, count, weights };
}
