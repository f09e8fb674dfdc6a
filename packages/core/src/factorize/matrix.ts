/** A matrix, row after row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** X·V of V [columns, k]: [rows, k]. Feature maps behind a ReLU are mostly zeros, which are skipped. */
export function times({ rows, columns, data }: Matrix, right: Float64Array, k: number): Float64Array {
  const product = new Float64Array(rows * k);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      addScaled(data[row * columns + column] as number, right, column * k, product, row * k, k);
  return product;
}

/** Xᵀ·H of H [rows, k]: [columns, k]. */
export function transposedTimes({ rows, columns, data }: Matrix, left: Float64Array, k: number): Float64Array {
  const product = new Float64Array(columns * k);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      addScaled(data[row * columns + column] as number, left, row * k, product, column * k, k);
  return product;
}

/** Fᵀ·F of F [rows, k]: [k, k]. */
export function gram(factor: Float64Array, k: number): Float64Array {
  const product = new Float64Array(k * k);
  for (let start = 0; start < factor.length; start += k)
    for (let one = 0; one < k; one++) addScaled(factor[start + one] as number, factor, start, product, one * k, k);
  return product;
}

/** ⟨X, Y⟩ = Σ xᵢyᵢ. */
export function inner(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] as number) * (other[index] as number);
  return sum;
}

function addScaled(scale: number, from: Float64Array, start: number, into: Float64Array, at: number, count: number): void {
  if (scale === 0) return;
  for (let index = 0; index < count; index++) into[at + index] = (into[at + index] as number) + scale * (from[start + index] as number);
}
