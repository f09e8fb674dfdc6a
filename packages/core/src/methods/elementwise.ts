import type { Value } from 'onnx-grad';
import type { GraphMethod, MethodContext } from './method.js';

const terms = ({ b, gradients, activations }: MethodContext): Value => b.relu(b.mul(gradients, activations));

/** Grad-CAM element by element (of pytorch-grad-cam): only what speaks for the class, L = Σₖ max(Gₖ ⊙ Aₖ, 0). */
export const elementwise: GraphMethod = {
  kind: 'graph',
  name: 'elementwise',
  title: 'Grad-CAM elementwise',
  aliases: ['gradcam-elementwise', 'gradcamelementwise'],
  summary: 'positive products of activations and their gradients, summed',
  source: 'github.com/jacobgil/pytorch-grad-cam',
  of: 'layer',
  cost: 'one pass',
  gradient: true,
  map: (context) => context.b.sum(terms(context), [1], false),
  terms,
};
