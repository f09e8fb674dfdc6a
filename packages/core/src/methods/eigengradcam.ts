import type { DecompositionMethod } from './method.js';
import { along, principalComponent } from './principal.js';

/** EigenGradCAM (of pytorch-grad-cam): L = PC1(G ⊙ A), of its two signs the one that is high where Σₖ Gₖ ⊙ Aₖ is. */
export const eigengradcam: DecompositionMethod = {
  kind: 'decomposition',
  name: 'eigengradcam',
  title: 'EigenGradCAM',
  aliases: ['eigen-grad-cam', 'eigengrad-cam'],
  summary: 'first principal component of the activations times their gradients',
  source: 'github.com/jacobgil/pytorch-grad-cam',
  of: 'layer',
  cost: 'one pass',
  gradient: true,
  matrix: ({ b, gradients, activations }) => b.mul(gradients, activations),
  map: (matrix) => along(matrix, principalComponent(matrix)),
};
