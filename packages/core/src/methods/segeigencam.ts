import type { DecompositionMethod } from './method.js';
import { principalComponent } from './principal.js';

/** SegEigenCAM (2025, doi 10.3390/app15137562): L = PC1(|G| ⊙ A), negated where its minimum is larger in size than its maximum. */
export const segeigencam: DecompositionMethod = {
  kind: 'decomposition',
  name: 'segeigencam',
  title: 'SegEigenCAM',
  aliases: ['seg-eigen-cam', 'segeigen-cam'],
  summary: 'first principal component of the activations times the size of their gradients',
  source: 'doi 10.3390/app15137562',
  of: 'layer',
  cost: 'one pass',
  counterfactual: false,
  gradient: true,
  matrix: ({ b, gradients, activations }) => b.mul(b.abs(gradients), activations),
  map: principalComponent,
};
