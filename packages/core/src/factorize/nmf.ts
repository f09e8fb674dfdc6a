import { gram, inner, type Matrix, times, transposedTimes } from './matrix.js';
import { purestRows } from './start.js';

/** X ≈ H·Vᵀ, none of whose numbers is negative. */
export interface Factors {
  /** k: as many as were asked for, or as X has. */
  readonly parts: number;
  /** H: how much of each part is in each row of X, [rows, k]. */
  readonly weights: Float64Array;
  /** V: what each part is, [columns, k]. */
  readonly vectors: Float64Array;
  /** ‖X − H·Vᵀ‖² / ‖X‖². It never rises from one sweep to the next. */
  readonly error: number;
  /** Sweeps over both factors until now. */
  readonly sweep: number;
}

/** A sweep that lowers the error by less than this share of ‖X‖² is the last. */
const TOLERANCE = 1e-7;

/** A bound for matrices whose error creeps. */
const MAX_SWEEPS = 2000;

/**
 * Non-negative matrix factorisation by hierarchical alternating least squares (Cichocki and Phan 2009, "Fast local algorithms for large
 * scale nonnegative matrix and tensor factorizations"): each column of H, then of V, is set to its optimum while all others stay.
 *
 * It begins with rows of X itself (see {@link purestRows}) and so needs no random numbers: the same X has the same factors always.
 *
 * @param x without negative numbers, and not all zero
 * @param count of parts, 1 … min(rows, columns)
 * @returns the factors after each sweep, in the same arrays; the last are the answer
 */
export function* factorsOf(x: Matrix, count: number, tolerance = TOLERANCE): Generator<Factors, void, void> {
  const { columns, data } = x;
  const chosen = purestRows(x, count);
  const parts = chosen.length;
  const weights = new Float64Array(x.rows * parts);
  const vectors = new Float64Array(columns * parts);
  for (const [part, row] of chosen.entries())
    for (let column = 0; column < columns; column++) vectors[column * parts + part] = data[row * columns + column] as number;

  const total = inner(data, data);
  let error = 1;
  for (let sweep = 1; sweep <= MAX_SWEEPS; sweep++) {
    improve(weights, times(x, vectors, parts), gram(vectors, parts));
    const [products, weightsGram] = [transposedTimes(x, weights, parts), gram(weights, parts)];
    improve(vectors, products, weightsGram);
    const before = error;
    // ‖X − H·Vᵀ‖² = ‖X‖² − 2⟨Xᵀ·H, V⟩ + ⟨Hᵀ·H, Vᵀ·V⟩
    error = Math.max(0, 1 + (inner(weightsGram, gram(vectors, parts)) - 2 * inner(products, vectors)) / total);
    yield { parts, weights, vectors, error, sweep };
    if (before - error <= tolerance) return;
  }
}

/**
 * Sets each column of a factor F to its optimum: fⱼ ← max(0, fⱼ + (pⱼ − F·gⱼ) / gⱼⱼ).
 *
 * @param products P = X times the other factor, in the shape of F
 * @param g Gram matrix of the other factor, [k, k]
 */
function improve(factor: Float64Array, products: Float64Array, g: Float64Array): void {
  const k = Math.sqrt(g.length);
  for (let part = 0; part < k; part++) {
    const own = g[part * k + part] as number;
    // A part that the other factor has lost is left out of this one, too.
    if (own === 0) continue;
    for (let start = 0; start < factor.length; start += k) {
      let slope = products[start + part] as number;
      for (let other = 0; other < k; other++) slope -= (factor[start + other] as number) * (g[part * k + other] as number);
      factor[start + part] = Math.max(0, (factor[start + part] as number) + slope / own);
    }
  }
}
