import type { Value } from 'onnx-grad';
import { logit } from '../targets/logit.js';
import { logProbability } from '../targets/probability.js';
import type { Target } from '../targets/target.js';
import type { GraphMethod, MethodContext } from './method.js';

/** ReST, the paper's residual softmax target: y = z_c + log σ(z)_c. */
const rest: Target = {
  name: 'residual-softmax',
  summary: 'the class score plus the logarithm of its probability',
  explains: ['classes'],
  score: (context) => context.b.add(logit.score(context), logProbability.score(context)),
};

/** wₖ = mean_p(G − ½ · H·A) */
async function weights({ b, gradients, curvature }: MethodContext): Promise<Value> {
  return b.mean(b.sub(gradients, b.scale(await curvature(), 0.5)), [2, 3]);
}

/**
 * Shapley-CAM (Cai 2025, arXiv 2501.06261): channels weighted by their Shapley value, approximated to second order: the gradient less half of its
 * change along the activations, L = Σₖ wₖ Aₖ.
 */
export const shapleycam: GraphMethod = {
  kind: 'graph',
  name: 'shapleycam',
  title: 'Shapley-CAM',
  aliases: ['shapley-cam'],
  summary: 'channels weighted by their Shapley value, approximated to second order',
  source: 'arXiv 2501.06261',
  of: 'layer',
  cost: 'one pass, forth and back twice behind the layer',
  gradient: true,
  target: rest,
  rows: 'apart',
  map: async (context) => context.weightedSum(await weights(context)),
  terms: async (context) => context.b.mul(await weights(context), context.activations),
};
