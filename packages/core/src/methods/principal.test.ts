import { describe, expect, it } from 'vitest';
import type { Volume } from '../picture/volume.js';
import { eigencam } from './eigencam.js';
import { eigengradcam } from './eigengradcam.js';
import { kpcacam } from './kpcacam.js';
import { segeigencam } from './segeigencam.js';

const [CHANNELS, HEIGHT, WIDTH] = [6, 4, 5];
const POSITIONS = HEIGHT * WIDTH;

/** Signed features with a mean. @param channels more than positions, or fewer */
function features(channels = CHANNELS, shift = 1): Volume {
  const data = Float32Array.from({ length: channels * POSITIONS }, (_, index) => Math.sin(index * index) * (1 + (index % 7)) + shift);
  return { channels, height: HEIGHT, width: WIDTH, data };
}

/** X [positions][channels], columns less their means. */
function columns({ channels, data }: Volume): number[][] {
  const means = Array.from(
    { length: channels },
    (_, k) => data.slice(k * POSITIONS, (k + 1) * POSITIONS).reduce((sum, v) => sum + v, 0) / POSITIONS,
  );
  return Array.from({ length: POSITIONS }, (_, p) => means.map((mean, k) => (data[k * POSITIONS + p] ?? 0) - mean));
}

/** The largest eigenpair by 30 squarings of the matrix, of which the last is a product of the eigenvector with itself. */
function eigenpair(matrix: readonly (readonly number[])[]): { value: number; vector: number[] } {
  let power = matrix;
  for (let squaring = 0; squaring < 30; squaring++) {
    const square = power.map((row) => power.map((_, j) => row.reduce((sum, v, k) => sum + v * (power[k]?.[j] ?? 0), 0)));
    const size = Math.max(...square.flat().map(Math.abs));
    power = square.map((row) => row.map((v) => v / size));
  }
  const lengths = power.map((row) => Math.hypot(...row));
  const longest = power[lengths.indexOf(Math.max(...lengths))] ?? [];
  const vector = longest.map((v) => v / Math.hypot(...longest));
  const image = matrix.map((row) => row.reduce((sum, v, k) => sum + v * (vector[k] ?? 0), 0));
  return { value: image.reduce((sum, v, k) => sum + v * (vector[k] ?? 0), 0), vector };
}

/** PC1 by the definition: X · v₁, v₁ the top eigenvector of XᵀX. Of either sign. */
function projection(volume: Volume): number[] {
  const x = columns(volume);
  const covariance = Array.from({ length: volume.channels }, (_, i) =>
    Array.from({ length: volume.channels }, (_, j) => x.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0)),
  );
  const { vector } = eigenpair(covariance);
  return x.map((row) => row.reduce((sum, v, k) => sum + v * (vector[k] ?? 0), 0));
}

function expectMap(actual: Float32Array, expected: readonly number[]): void {
  const size = Math.hypot(...expected);
  expect(Math.hypot(...expected.map((value, at) => value - (actual[at] ?? Number.NaN))) / size).toBeLessThan(1e-6);
}

const correlation = (one: readonly number[], other: readonly number[]) => {
  const mean = other.reduce((sum, v) => sum + v, 0) / other.length;
  return one.reduce((sum, v, at) => sum + v * ((other[at] ?? 0) - mean), 0);
};
const sums = ({ channels, data }: Volume, of: (value: number) => number) =>
  Array.from({ length: POSITIONS }, (_, p) =>
    Array.from({ length: channels }, (_, k) => of(data[k * POSITIONS + p] ?? 0)).reduce((sum, v) => sum + v, 0),
  );

/** Expected values: the definitions, in float64, by squaring matrices instead of Lanczos' method. */
describe.each([CHANNELS, 40])('of %i channels at 20 positions', (channels) => {
  it.each([1, -1])('EigenCAM is high where activations are large: features times %i', (sign) => {
    const volume = features(channels, sign);
    const expected = projection(volume);
    const turn = Math.sign(correlation(expected, sums(volume, Math.abs)));
    expectMap(
      eigencam.map(volume).data,
      expected.map((value) => value * turn),
    );
  });

  it.each([1, -1])('EigenGradCAM follows the sum of its terms: terms times %i', (sign) => {
    const volume = { ...features(channels), data: features(channels).data.map((value) => value * sign) };
    const expected = projection(volume);
    const turn = Math.sign(
      correlation(
        expected,
        sums(volume, (value) => value),
      ),
    );
    expectMap(
      eigengradcam.map(volume).data,
      expected.map((value) => value * turn),
    );
  });

  it('SegEigenCAM has its largest size at its maximum', () => {
    const expected = projection(features(channels));
    const turn = Math.max(...expected) >= -Math.min(...expected) ? 1 : -1;
    expectMap(
      segeigencam.map(features(channels)).data,
      expected.map((value) => value * turn),
    );
  });

  it('KPCA-CAM is the first component of the sigmoid kernel', () => {
    const x = columns(features(channels));
    const k = x.map((one) => x.map((other) => Math.tanh(one.reduce((sum, v, at) => sum + v * (other[at] ?? 0), 0) / channels + 1)));
    const means = k.map((row) => row.reduce((sum, v) => sum + v, 0) / POSITIONS);
    const mean = means.reduce((sum, v) => sum + v, 0) / POSITIONS;
    const { value, vector } = eigenpair(k.map((row, i) => row.map((v, j) => v - (means[i] ?? 0) - (means[j] ?? 0) + mean)));
    const turn = Math.max(...vector) >= -Math.min(...vector) ? 1 : -1;
    expectMap(
      kpcacam.map(features(channels)).data,
      vector.map((entry) => entry * turn * Math.sqrt(value)),
    );
  });
});

describe('edges', () => {
  const volume = (data: (index: number) => number): Volume => ({
    channels: CHANNELS,
    height: HEIGHT,
    width: WIDTH,
    data: Float32Array.from({ length: CHANNELS * POSITIONS }, (_, index) => data(index)),
  });

  it('what is the same everywhere has no component: zeros', () => {
    for (const method of [eigencam, eigengradcam, segeigencam, kpcacam]) {
      const { data } = method.map(volume((index) => Math.floor(index / POSITIONS)));
      expect(Math.max(...data.map(Math.abs)), method.name).toBeLessThan(1e-6);
    }
  });

  it('numbers that are not finite stay visible', () => {
    for (const method of [eigencam, eigengradcam, segeigencam, kpcacam])
      expect(method.map(volume((index) => (index === 7 ? Number.NaN : index))).data.every(Number.isFinite), method.name).toBe(false);
  });

  it('terms that cancel but for rounding choose no sign', () => {
    // Channels in pairs of opposite signs: their sum is what was added to the first of them.
    const pairs = (rounding: number) =>
      volume((index) => {
        const [channel, at] = [Math.floor(index / POSITIONS), index % POSITIONS];
        const size = 2 + Math.sin(at * (1 + Math.floor(channel / 2)));
        return channel % 2 === 0 ? size * (1 + (channel === 0 ? rounding * Math.cos(at) : 0)) : -size;
      });
    expect([...eigengradcam.map(pairs(2e-6)).data].map(Math.sign)).toEqual([...eigengradcam.map(pairs(-2e-6)).data].map(Math.sign));
  });

  it('KPCA-CAM refuses a layer with more positions than it can compare', () => {
    const large = { channels: 1, height: 65, width: 65, data: new Float32Array(65 * 65) };
    expect(() => kpcacam.map(large)).toThrowError(expect.objectContaining({ code: 'limit' }));
  });
});
