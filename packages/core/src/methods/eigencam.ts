import type { DecompositionMethod } from './method.js';
import { along, principalComponent } from './principal.js';

/**
 * EigenCAM (Muhammad and Yeasin 2020, arXiv 2008.00299): L = PC1(A), what varies most over the positions; the same for every class. Of its two signs, the one
 * that is high where the activations are large, Σₖ |Aₖ|.
 */
export const eigencam: DecompositionMethod = {
  kind: 'decomposition',
  name: 'eigencam',
  title: 'EigenCAM',
  aliases: ['eigen-cam'],
  summary: 'first principal component of the activations; the same for every class',
  source: 'arXiv 2008.00299',
  of: 'layer',
  cost: 'one pass, no gradient',
  gradient: false,
  matrix: ({ activations }) => activations,
  map: (matrix) => along({ ...matrix, data: matrix.data.map(Math.abs) }, principalComponent(matrix)),
};
