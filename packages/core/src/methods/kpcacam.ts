import { GradcamError } from '../errors.js';
import type { Volume } from '../picture/volume.js';
import { largestEigenpair, type Multiply } from './lanczos.js';
import type { DecompositionMethod } from './method.js';
import { centred, component } from './principal.js';

/** Positions up to which all pairs of them are held in memory: 134 MB. */
const MAX_POSITIONS = 4096;

/** K = tanh(XXᵀ / C + 1), X as in `principalComponent`, less the means of its rows and columns: [positions, positions]. */
function kernel(volume: Volume): Float64Array {
  const { channels, height, width } = volume;
  const size = height * width;
  const x = transposed(centred(volume), channels, size);
  const k = new Float64Array(size * size);
  const means = new Float64Array(size);
  for (let one = 0; one < size; one++) {
    for (let other = 0; other <= one; other++) {
      let product = 0;
      for (let a = one * channels, b = other * channels, end = a + channels; a < end; a++, b++)
        product += (x[a] as number) * (x[b] as number);
      const value = Math.tanh(product / channels + 1);
      k[one * size + other] = value;
      k[other * size + one] = value;
      means[one] = (means[one] as number) + value / size;
      if (other < one) means[other] = (means[other] as number) + value / size;
    }
  }
  const mean = means.reduce((sum, value) => sum + value, 0) / size;
  for (let one = 0, at = 0; one < size; one++)
    for (let other = 0; other < size; other++, at++) k[at] = (k[at] as number) - (means[one] as number) - (means[other] as number) + mean;
  return k;
}

/** [rows, columns] as [columns, rows] */
function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = matrix[row * columns + column] as number;
  return turned;
}

/** Multiplies by a matrix with as many rows as columns. */
function times(matrix: Float64Array): Multiply {
  return (vector) =>
    vector.map((_, row) => {
      let sum = 0;
      for (let at = row * vector.length, column = 0; column < vector.length; at++, column++)
        sum += (matrix[at] as number) * (vector[column] as number);
      return sum;
    });
}

/**
 * KPCA-CAM (Karmani et al. 2024, arXiv 2410.00267): EigenCAM in the space of a sigmoid kernel, L = u · √λ of the largest eigenpair of the centred
 * kernel matrix, the entry of largest size positive.
 */
export const kpcacam: DecompositionMethod = {
  kind: 'decomposition',
  name: 'kpcacam',
  title: 'KPCA-CAM',
  aliases: ['kpca-cam'],
  summary: 'first kernel principal component of the activations; the same for every class',
  source: 'arXiv 2410.00267',
  of: 'layer',
  cost: 'one pass, no gradient',
  gradient: false,
  matrix: ({ activations }) => activations,
  map: (matrix) => {
    const { height, width } = matrix;
    const size = height * width;
    if (size > MAX_POSITIONS)
      throw new GradcamError(
        'limit',
        `KPCA-CAM compares each position of the layer with each other and takes ${MAX_POSITIONS} at most, but the layer has ${height} × ${width}; choose a deeper layer, or eigencam`,
      );
    return { height, width, data: component(largestEigenpair(size, times(kernel(matrix)))) };
  },
};
