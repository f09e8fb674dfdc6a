import type { Value } from 'onnx-grad';
import type { GraphMethod, MethodContext } from './method.js';

/** As pytorch-grad-cam has it: a channel that is 0 everywhere weighs 0. */
const EPSILON = 1e-7;

/** wₖ = Σ_p G ⊙ A / (Σ_p A + ε) */
const weights = ({ b, activations, gradients }: MethodContext): Value =>
  b.div(b.sum(b.mul(gradients, activations), [2, 3]), b.shift(b.sum(activations, [2, 3]), EPSILON));

/** XGrad-CAM (Fu et al. 2020, arXiv 2008.02312): channels weighted by their gradient's mean, each position as it is active, L = Σₖ wₖ Aₖ. */
export const xgradcam: GraphMethod = {
  kind: 'graph',
  name: 'xgradcam',
  title: 'XGrad-CAM',
  aliases: ['xgrad-cam'],
  summary: 'channels weighted by their gradient where they are active',
  source: 'arXiv 2008.02312',
  of: 'layer',
  cost: 'one pass',
  gradient: true,
  map: (context) => context.weightedSum(weights(context)),
  terms: (context) => context.b.mul(weights(context), context.activations),
};
