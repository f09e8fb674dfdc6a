import { describe, expect, it } from 'vitest';
import { largestEigenpair } from './lanczos.js';

/** Q Λ Qᵀ v for the Householder reflection Q = 1 − 2 u uᵀ, u of length 1: a symmetric matrix whose eigenvalues and eigenvectors are known. */
function reflected(values: readonly number[]) {
  const size = values.length;
  const raw = Float64Array.from({ length: size }, (_, index) => Math.sin(3 * index + 1));
  const length = Math.hypot(...raw);
  const u = raw.map((value) => value / length);
  const reflect = (v: Float64Array) => {
    const along = u.reduce((sum, value, index) => sum + value * (v[index] as number), 0);
    return v.map((value, index) => value - 2 * along * (u[index] as number));
  };
  const eigenvector = (which: number) => reflect(Float64Array.from({ length: size }, (_, index) => (index === which ? 1 : 0)));
  return { size, eigenvector, multiply: (v: Float64Array) => reflect(reflect(v).map((value, index) => value * (values[index] as number))) };
}

const spread = Array.from({ length: 200 }, (_, index) => Math.cos(index));

describe('the largest eigenpair', () => {
  it.each([
    { title: 'eigenvalues all over', values: [...spread, 3], accuracy: 1e-11 },
    { title: 'two that almost agree', values: [...spread, 3, 3 - 1e-5], accuracy: 1e-6 },
    { title: 'negative ones of larger size', values: [...spread.map((value) => value - 40), 0.5], accuracy: 1e-9 },
    { title: 'tiny ones', values: [...spread.map((value) => value * 1e-60), 1.5e-60], accuracy: 1e-11 },
    { title: 'a matrix of rank one', values: [...spread.map(() => 0), 7], accuracy: 1e-12 },
    { title: 'a single number', values: [-2], accuracy: 0 },
    { title: 'two numbers', values: [-2, 5], accuracy: 1e-12 },
  ])('of a matrix with $title', ({ values, accuracy }) => {
    const { size, multiply, eigenvector } = reflected(values);
    const largest = Math.max(...values);
    const wanted = eigenvector(values.indexOf(largest));
    const { value, vector } = largestEigenpair(size, multiply);
    expect(Math.abs(value - largest) / Math.abs(largest)).toBeLessThanOrEqual(1e-13);
    const cosine = vector.reduce((sum, entry, index) => sum + entry * (wanted[index] as number), 0);
    const difference = vector.map((entry, index) => entry - Math.sign(cosine) * (wanted[index] as number));
    expect(Math.hypot(...difference)).toBeLessThanOrEqual(accuracy);
  });

  it('is 0 for a matrix of zeros, and ends for numbers that are not finite', () => {
    expect(largestEigenpair(5, (vector) => vector.map(() => 0)).value).toBe(0);
    let steps = 0;
    largestEigenpair(1000, (vector) => {
      steps++;
      return vector.map(() => Number.NaN);
    });
    expect(steps).toBe(1);
  });
});
