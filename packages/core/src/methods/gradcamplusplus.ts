import type { Value } from 'onnx-grad';
import type { GraphMethod, MethodContext } from './method.js';

/** As pytorch-grad-cam has it. */
const EPSILON = 1e-6;

/**
 * wₖ = Σ_p max(G, 0) · G² / (2 G² + (Σ_p A) · G³ + ε). A position whose gradient is not positive counts nothing, so P = max(G, 0) stands for G
 * everywhere: that is P³ over a denominator which is ε there, not 0.
 */
function weights({ b, activations, gradients }: MethodContext): Value {
  const positive = b.relu(gradients);
  const square = b.mul(positive, positive);
  const cube = b.mul(square, positive);
  const denominator = b.shift(b.add(b.scale(square, 2), b.mul(b.sum(activations, [2, 3]), cube)), EPSILON);
  return b.sum(b.div(cube, denominator), [2, 3]);
}

/** Grad-CAM++ (Chattopadhyay et al. 2018, arXiv 1710.11063): positive gradients weighted so that each of several objects counts alike, L = Σₖ wₖ Aₖ. */
export const gradcamplusplus: GraphMethod = {
  kind: 'graph',
  name: 'gradcamplusplus',
  title: 'Grad-CAM++',
  aliases: ['gradcam++', 'grad-cam++', 'grad-cam-plus-plus'],
  summary: 'channels weighted by their positive gradients, each of several objects alike',
  source: 'arXiv 1710.11063',
  of: 'layer',
  cost: 'one pass',
  gradient: true,
  map: (context) => context.weightedSum(weights(context)),
  terms: (context) => context.b.mul(weights(context), context.activations),
};
