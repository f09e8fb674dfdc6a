import { GradcamError } from '../errors.js';
import type { Volume } from '../picture/volume.js';
import { largestEigenpair, type Multiply } from './lanczos.js';
import type { DecompositionMethod } from './method.js';
import { centred, component } from './principal.js';

/** Positions up to which all pairs of them are held in memory: 134 MB. */
const MAX_POSITIONS = 4096;

/** K = tanh(XXᵀ / C + 1), X as in `principalComponent`, less the means of its rows and columns. */
function kernel(volume: Volume): Multiply {
  const { channels, height, width } = volume;
  const size = height * width;
  const k = similarities(volume);
  for (let at = 0; at < k.length; at++) k[at] = Math.tanh((k[at] as number) / channels + 1);
  const means = Float64Array.from({ length: size }, (_, row) => mean(k.subarray(row * size, (row + 1) * size)));
  const all = mean(means);
  return (vector) =>
    vector.map((_, row) => {
      let sum = 0;
      for (let at = 0; at < size; at++)
        sum += ((k[row * size + at] as number) - (means[row] as number) - (means[at] as number) + all) * (vector[at] as number);
      return sum;
    });
}

/** XXᵀ */
function similarities(volume: Volume): Float64Array {
  const { channels, height, width } = volume;
  const size = height * width;
  const x = centred(volume);
  const product = new Float64Array(size * size);
  for (let channel = 0; channel < channels; channel++) {
    const row = x.subarray(channel * size, (channel + 1) * size);
    for (let one = 0; one < size; one++) {
      const factor = row[one] as number;
      for (let other = 0, at = one * size; other < size; other++, at++)
        product[at] = (product[at] as number) + factor * (row[other] as number);
    }
  }
  return product;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

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
    return { height, width, data: component(largestEigenpair(size, kernel(matrix))) };
  },
};
