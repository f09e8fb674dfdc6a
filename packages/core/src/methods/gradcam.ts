import type { Value } from 'onnx-grad';
import type { GraphMethod, MethodContext } from './method.js';

const weights = ({ b, gradients }: MethodContext): Value => b.mean(gradients, [2, 3]);

/**
 * Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391): a channel counts as much as the score would change with it,
 * αₖ = mean over positions of ∂y/∂Aₖ, and the map is L = Σₖ αₖ Aₖ.
 */
export const gradcam: GraphMethod = {
  kind: 'graph',
  name: 'gradcam',
  title: 'Grad-CAM',
  aliases: ['grad-cam'],
  summary: 'channels weighted by their mean gradient, summed',
  source: 'arXiv 1610.02391',
  of: 'layer',
  cost: 'one pass',
  gradient: true,
  map: (context) => context.weightedSum(weights(context)),
  terms: (context) => context.b.mul(weights(context), context.activations),
};
