import type { GraphMethod } from './method.js';

/** Saliency (Simonyan et al. 2013, arXiv 1312.6034): how much the score changes with each pixel, max over channels of |∂y/∂x|. */
export const saliency: GraphMethod = {
  kind: 'graph',
  name: 'saliency',
  title: 'Saliency',
  aliases: ['gradient'],
  summary: 'largest absolute gradient of the pixel over its channels',
  source: 'arXiv 1312.6034',
  of: 'input',
  cost: 'one pass, back to the picture',
  counterfactual: false,
  gradient: true,
  map: ({ b, gradients }) => b.max(b.abs(gradients), [1], false),
};
