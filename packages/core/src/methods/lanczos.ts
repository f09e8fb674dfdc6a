import { randomFrom } from '../runs/random.js';

/** A symmetric matrix, known by what it makes of a vector. */
export type Multiply = (vector: Float64Array) => Float64Array;

export interface Eigenpair {
  readonly value: number;
  /** Of length 1; of either sign. */
  readonly vector: Float64Array;
}

/** Near what 64 bits hold. */
const ACCURACY = 1e-12;

/** Bisections that find an eigenvalue among the numbers of 53 bits. */
const HALVINGS = 60;

/**
 * The largest eigenvalue of a symmetric matrix with its eigenvector: Lanczos' method (Parlett, "The symmetric eigenvalue problem", chapter 13), every
 * vector kept orthogonal to all before, which is exact after `size` steps and needs far fewer as a rule.
 *
 * @param accuracy how far the matrix may lead the vector off its line, as a share of the eigenvalue
 * @param seed of the vector that it begins with; of an eigenvalue that is there several times, each finds another vector
 */
export function largestEigenpair(size: number, multiply: Multiply, accuracy = ACCURACY, seed = 0): Eigenpair {
  const { normal } = randomFrom(seed);
  const basis: Float64Array[] = [];
  // The matrix in that basis: tridiagonal.
  const diagonal: number[] = [];
  const beside: number[] = [];
  for (let next: Float64Array = Float64Array.from({ length: size }, normal); ; ) {
    const length = Math.sqrt(dot(next, next));
    const last = next.map((value) => value / length);
    if (basis.length > 0) beside.push(length);
    basis.push(last);
    next = multiply(last);
    diagonal.push(dot(last, next));
    // Twice: what rounding left of the first time is gone after the second.
    for (const vector of [...basis, ...basis]) addTo(next, -dot(vector, next), vector);
    const { value, vector: mixture } = ofTridiagonal(diagonal, beside);
    const residual = Math.sqrt(dot(next, next)) * Math.abs(mixture.at(-1) ?? 0);
    // Not `<=`: numbers that are not finite end it, too.
    if (basis.length < size && residual > accuracy * Math.abs(value)) continue;
    const vector = new Float64Array(size);
    for (const [index, part] of basis.entries()) addTo(vector, mixture[index] ?? 0, part);
    return { value, vector };
  }
}

/**
 * The same of a tridiagonal matrix T with positive numbers beside its diagonal. σI − T has positive pivots where σ is above all eigenvalues:
 * bisection finds the least such σ, and inverse iteration, all of positive terms, the vector.
 */
function ofTridiagonal(diagonal: readonly number[], beside: readonly number[]): Eigenpair {
  const size = diagonal.length;
  if (size === 1) return { value: diagonal[0] ?? 0, vector: Float64Array.of(1) };
  const pivots = new Float64Array(size);
  const isAbove = (bound: number): boolean => {
    for (let row = 0; row < size; row++) {
      const before = row === 0 ? 0 : (beside[row - 1] as number) ** 2 / (pivots[row - 1] as number);
      pivots[row] = bound - (diagonal[row] as number) - before;
      if (!((pivots[row] as number) > 0)) return false;
    }
    return true;
  };
  let low = Math.max(...diagonal);
  // Gershgorin's bound, a little widened.
  let high = Math.max(...diagonal.map((value, row) => value + 1.01 * ((beside[row - 1] ?? 0) + (beside[row] ?? 0))));
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (isAbove(middle)) high = middle;
    else low = middle;
  }
  isAbove(high);
  const vector = new Float64Array(size).fill(1);
  for (let iteration = 0; iteration < 3; iteration++) {
    for (let row = 1; row < size; row++)
      vector[row] = (vector[row] as number) + ((beside[row - 1] as number) / (pivots[row - 1] as number)) * (vector[row - 1] as number);
    for (let row = size - 1; row >= 0; row--)
      vector[row] = ((vector[row] as number) + (beside[row] ?? 0) * (vector[row + 1] ?? 0)) / (pivots[row] as number);
    const length = Math.sqrt(dot(vector, vector));
    for (let row = 0; row < size; row++) vector[row] = (vector[row] as number) / length;
  }
  return { value: high, vector };
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] as number) * (other[index] as number);
  return sum;
}

/** vector += factor · other */
function addTo(vector: Float64Array, factor: number, other: Float64Array): void {
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] as number) + factor * (other[index] as number);
}
