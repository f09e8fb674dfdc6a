import { describe, expect, it } from 'vitest';
import { randomFrom } from '../runs/random.js';
import { inner, type Matrix } from './matrix.js';
import { type Factors, factorsOf } from './nmf.js';
import { purestRows } from './start.js';

/** H·Vᵀ. */
function product(weights: Float64Array, vectors: Float64Array, k: number): Matrix {
  const [rows, columns] = [weights.length / k, vectors.length / k];
  const data = Float64Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    return Array.from({ length: k }, (_, part) => (weights[row * k + part] ?? 0) * (vectors[column * k + part] ?? 0)).reduce(
      (a, b) => a + b,
    );
  });
  return { rows, columns, data };
}

function last(x: Matrix, count: number, tolerance?: number): Factors {
  const all = [...factorsOf(x, count, tolerance)];
  const found = all.at(-1);
  if (found === undefined) throw new Error('no sweep');
  return found;
}

const sparse = (rows: number, k: number, seed: number) => {
  const random = randomFrom(seed);
  return Float64Array.from({ length: rows * k }, () => (random.uniform() < 0.5 ? random.uniform() : 0));
};

/** Column of a factor, at unit length: what is left when scale is taken out. */
function direction(factor: Float64Array, k: number, part: number): Float64Array {
  const values = factor.filter((_, index) => index % k === part);
  const length = Math.sqrt(inner(values, values));
  return values.map((value) => value / length);
}

describe('non-negative matrix factorisation', () => {
  it('finds the factors of a matrix that has them, up to order and scale', () => {
    // Sparse parts, and a pure row for each: no other factors give the same matrix.
    const k = 4;
    const weights = sparse(30, k, 1);
    for (let part = 0; part < k; part++) for (let other = 0; other < k; other++) weights[part * 7 * k + other] = part === other ? 1.5 : 0;
    const vectors = sparse(20, k, 2);
    const found = last(product(weights, vectors, k), k, 1e-15);
    expect(found.error).toBeLessThan(1e-13);
    const partners = Array.from({ length: k }, (_, part) => {
      const alike = Array.from({ length: k }, (_, other) => inner(direction(vectors, k, part), direction(found.vectors, k, other)));
      const partner = alike.indexOf(Math.max(...alike));
      expect(alike[partner]).toBeGreaterThan(1 - 1e-6);
      expect(inner(direction(weights, k, part), direction(found.weights, k, partner))).toBeGreaterThan(1 - 1e-6);
      return partner;
    });
    expect(new Set(partners).size).toBe(k);
  });

  it('never raises the error, which is what it says', () => {
    const x = { rows: 25, columns: 18, data: sparse(25, 18, 3) };
    let before = 1;
    for (const { weights, vectors, parts, error } of factorsOf(x, 5, 1e-9)) {
      expect(error).toBeLessThanOrEqual(before + 1e-14);
      before = error;
      const { data } = product(weights, vectors, parts);
      const rest = x.data.map((value, index) => value - (data[index] ?? 0));
      expect(error).toBeCloseTo(inner(rest, rest) / inner(x.data, x.data), 12);
      expect([...weights, ...vectors].every((value) => value >= 0)).toBe(true);
    }
  });

  it('ends where no column can be improved: the conditions of Karush, Kuhn and Tucker', () => {
    const x = { rows: 12, columns: 9, data: sparse(12, 9, 4) };
    const { weights, vectors, parts } = last(x, 3, 1e-16);
    const { data } = product(weights, vectors, parts);
    for (let row = 0; row < 12; row++)
      for (let part = 0; part < parts; part++) {
        // d error / d weight: 0 where the weight is positive, never negative.
        let slope = 0;
        for (let column = 0; column < 9; column++)
          slope += ((data[row * 9 + column] ?? 0) - (x.data[row * 9 + column] ?? 0)) * (vectors[column * parts + part] ?? 0);
        expect(slope).toBeGreaterThan(-1e-5);
        expect(Math.abs(slope * (weights[row * parts + part] ?? 0))).toBeLessThan(1e-5);
      }
  });

  it('has no more parts than the matrix', () => {
    const x = product(Float64Array.of(1, 0, 0, 2, 1, 1), Float64Array.of(1, 0, 0, 1, 3, 3), 2);
    expect(purestRows(x, 3)).toHaveLength(2);
    expect(last(x, 3, 1e-16)).toMatchObject({ parts: 2 });
    expect(last(x, 3, 1e-16).error).toBeLessThan(1e-10);
  });

  it('is the same for the same matrix', () => {
    const x = { rows: 12, columns: 9, data: sparse(12, 9, 5) };
    expect(last(x, 3)).toEqual(last(x, 3));
  });
});

it('the purest rows are those that the others are mixtures of', () => {
  // Rows 1 and 3 are pure; 0, 2 and 4 are mixtures with shares that add up to 1 at most.
  const data = Float64Array.of(0.5, 0.5, 0, 1, 0, 0, 0.2, 0.6, 0, 0, 1, 0, 0.3, 0.3, 0);
  expect(purestRows({ rows: 5, columns: 3, data }, 3).sort()).toEqual([1, 3]);
});
