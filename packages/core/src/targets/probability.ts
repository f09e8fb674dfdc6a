import { type GraphBuilder, pick, type Value } from 'onnx-grad';
import type { Target, TargetContext } from './target.js';

/** z_c */
function own({ b, logits, classes }: TargetContext): Value {
  return b.squeeze(pick(b, classes, logits), [1]);
}

/** log σ(z)_c = z_c − log Σ exp z, without overflow. */
export function logSoftmax(context: TargetContext): Value {
  const { b, logits } = context;
  return b.sub(own(context), b.logSumExp(logits, [1], false));
}

/** σ(z)_c: what the model reports. Its gradient vanishes where the model is sure. */
export const probability: Target = {
  name: 'probability',
  summary: 'the class probability: softmax of the scores, or sigmoid where the model ends in one',
  explains: ['classes'],
  score: (context) => {
    const { b, scores } = context;
    return scores.activation === 'sigmoid' ? b.node('Sigmoid', [own(context)]) : b.exp(logSoftmax(context));
  },
};

/** log σ(z)_c: the loss of training, negated. */
export const logProbability: Target = {
  name: 'log-probability',
  summary: 'the logarithm of the class probability',
  explains: ['classes'],
  score: (context) => {
    const { b, scores } = context;
    // log σ(z) = −log(1 + e⁻ᶻ)
    return scores.activation === 'sigmoid' ? b.neg(b.node('Softplus', [b.neg(own(context))])) : logSoftmax(context);
  },
};

/** One class against another: z_c − z_d, "why c and not d". */
export function against(other: number): Target {
  const otherLogit = (b: GraphBuilder, logits: Value) => b.squeeze(b.gather(logits, b.ints([other]), 1), [1]);
  return {
    name: `against ${other}`,
    summary: 'the class score less that of another class',
    explains: ['classes'],
    affine: true,
    score: (context) => context.b.sub(own(context), otherLogit(context.b, context.logits)),
  };
}
