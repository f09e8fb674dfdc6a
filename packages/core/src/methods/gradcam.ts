import type { Method } from './method.js';

/**
 * Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391): a channel counts as much as the score would change with it,
 * αₖ = mean over positions of ∂y/∂Aₖ, and the map is L = Σₖ αₖ Aₖ.
 */
export const gradcam: Method = {
  name: 'gradcam',
  title: 'Grad-CAM',
  aliases: ['grad-cam'],
  summary: 'channels weighted by their mean gradient, summed',
  source: 'arXiv 1610.02391',
  of: 'layer',
  map: ({ b, gradients, weightedSum }) => weightedSum(b.mean(gradients, [2, 3])),
};
