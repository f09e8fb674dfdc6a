import type { Value } from 'onnx-grad';
import type { GraphMethod, MethodContext } from './method.js';

const terms = ({ b, gradients, activations }: MethodContext): Value => b.mul(gradients, activations);

/**
 * HiResCAM (Draelos and Carin 2020, arXiv 2011.08891): each position counts by its own gradient, L = Σₖ Gₖ ⊙ Aₖ. Where the network behind the layer
 * is linear, the map sums up to the score.
 */
export const hirescam: GraphMethod = {
  kind: 'graph',
  name: 'hirescam',
  title: 'HiResCAM',
  aliases: ['hires-cam'],
  summary: 'activations weighted by their own gradients, position by position',
  source: 'arXiv 2011.08891',
  of: 'layer',
  cost: 'one pass',
  gradient: true,
  map: (context) => context.b.sum(terms(context), [1], false),
  terms,
};
