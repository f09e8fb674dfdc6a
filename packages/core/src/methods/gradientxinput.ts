import type { GraphMethod } from './method.js';

/**
 * Gradient × input (Shrikumar et al. 2016, arXiv 1605.01713): what each pixel contributes to the score, were the network linear, Σ over channels of
 * x ⊙ ∂y/∂x. Signed: positive speaks for the class and makes the heatmap, negative against it.
 */
export const gradientxinput: GraphMethod = {
  kind: 'graph',
  name: 'gradientxinput',
  title: 'Gradient × input',
  aliases: ['gradient-x-input', 'inputxgradient', 'grad-x-input'],
  summary: 'each pixel times its gradient, summed over channels: its share of the score, for and against',
  source: 'arXiv 1605.01713',
  of: 'input',
  cost: 'one pass, back to the picture',
  gradient: true,
  map: ({ b, gradients, activations }) => b.sum(b.mul(gradients, activations), [1], false),
  terms: ({ b, gradients, activations }) => b.mul(gradients, activations),
};
