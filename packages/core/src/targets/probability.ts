import { type GraphBuilder, pick, type Value } from 'onnx-grad';
import type { Target, TargetContext } from './target.js';

/** log σ(z)_c = z_c − log Σ exp z, without overflow. */
export function logSoftmax({ b, logits, classes }: TargetContext): Value {
  const own = b.squeeze(pick(b, classes, logits), [1]);
  return b.sub(own, b.logSumExp(logits, [1], false));
}

/** σ(z)_c: what the model reports. Its gradient vanishes where the model is sure. */
export const probability: Target = {
  name: 'probability',
  summary: 'the class probability, softmax of the scores',
  score: (context) => context.b.exp(logSoftmax(context)),
};

/** log σ(z)_c: the loss of training, negated. */
export const logProbability: Target = {
  name: 'log-probability',
  summary: 'the logarithm of the class probability',
  score: logSoftmax,
};

/** One class against another: z_c − z_d, "why c and not d". */
export function against(other: number): Target {
  const otherLogit = (b: GraphBuilder, logits: Value) => b.squeeze(b.gather(logits, b.ints([other]), 1), [1]);
  return {
    name: `against ${other}`,
    summary: 'the class score less that of another class',
    score: ({ b, logits, classes }) => b.sub(b.squeeze(pick(b, classes, logits), [1]), otherLogit(b, logits)),
  };
}
