import { describe, expect, it } from 'vitest';
import { randomFrom } from '../runs/random.js';
import { blur } from './blur.js';
import { estimate } from './bootstrap.js';
import { pearson, spearman } from './correlation.js';

describe('correlations', () => {
  it('by hand', () => {
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(pearson([1, 2, 3], [1, 0, -1])).toBeCloseTo(-1, 12);
    // Centred: (−1, 0, 1) and (−2, 1, 1): 3 / √(2 · 6).
    expect(pearson([1, 2, 3], [0, 3, 3])).toBeCloseTo(3 / Math.sqrt(12), 12);
    // Ranks 0, 1, 2, 3 and 0, 1.5, 1.5, 3: Σ = 0.75·… worked out: 4.5 / √(5 · 4.5).
    expect(spearman(Float32Array.of(1, 10, 100, 1000), Float32Array.of(1, 2, 2, 9))).toBeCloseTo(4.5 / Math.sqrt(22.5), 12);
    // Any growing function leaves the ranks.
    expect(spearman(Float32Array.of(3, 1, 2), Float32Array.of(27, 1, 8))).toBeCloseTo(1, 12);
  });
  it('what is the same everywhere correlates with nothing', () => {
    expect(() => pearson([0.1, 0.1, 0.1], [1, 2, 3])).toThrow(/the same everywhere/);
  });
});

describe('bootstrap', () => {
  it('holds the mean, narrows as 1/√n, and is the same again', () => {
    const sample = (count: number) => {
      const { normal } = randomFrom(5);
      return Array.from({ length: count }, () => 10 + 2 * normal());
    };
    const width = (count: number) => {
      const { interval } = estimate(sample(count), randomFrom(0));
      return interval === undefined ? Number.NaN : interval[1] - interval[0];
    };
    const { mean, interval } = estimate(sample(400), randomFrom(0));
    expect(interval?.[0]).toBeLessThan(mean);
    expect(interval?.[1]).toBeGreaterThan(mean);
    // 2 · 1.96 · σ / √n
    expect(width(400) / ((3.92 * 2) / 20)).toBeCloseTo(1, 0);
    expect(width(1600) / width(400)).toBeCloseTo(0.5, 1);
    expect(estimate(sample(400), randomFrom(0))).toEqual(estimate(sample(400), randomFrom(0)));
  });
  it('says nothing of one value; equal values have no width', () => {
    expect(estimate([3], randomFrom(0))).toEqual({ mean: 3, count: 1, interval: undefined });
    expect(estimate([3, 3, 3], randomFrom(0)).interval).toEqual([3, 3]);
  });
});

describe('blur', () => {
  it.each(['NCHW', 'NHWC'] as const)('%s: keeps the sum of what is far from the edges, and one colour as it is', (layout) => {
    const side = 224;
    const frame = { channels: 2, height: side, width: side, layout };
    const at = (channel: number, y: number, x: number) =>
      layout === 'NCHW' ? (channel * side + y) * side + x : (y * side + x) * 2 + channel;
    const picture = new Float32Array(2 * side * side);
    picture[at(1, 100, 110)] = 1;
    const blurred = blur(picture, frame);
    expect(blurred.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    // The peak of a Gaussian of σ = 5: 1 / (2π · 25), and e^(−½) of it one σ away.
    const peak = 1 / (2 * Math.PI * 25);
    expect((blurred[at(1, 100, 110)] ?? 0) / peak).toBeCloseTo(1, 2);
    expect((blurred[at(1, 105, 110)] ?? 0) / peak).toBeCloseTo(Math.exp(-0.5), 2);
    expect(blurred[at(0, 100, 110)]).toBe(0);
    for (const value of blur(new Float32Array(picture.length).fill(3), frame).subarray(0, 100)) expect(value).toBeCloseTo(3, 5);
  });
});
