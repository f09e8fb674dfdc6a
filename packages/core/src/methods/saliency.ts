import type { Method } from './method.js';

/** Saliency (Simonyan et al. 2013, arXiv 1312.6034): how much the score changes with each pixel, max over channels of |∂y/∂x|. */
export const saliency: Method = {
  name: 'saliency',
  title: 'Saliency',
  aliases: ['gradient'],
  summary: 'largest absolute gradient of the pixel over its channels',
  source: 'arXiv 1312.6034',
  of: 'input',
  map: ({ b, gradients }) => b.max(b.abs(gradients), [1], false),
};
