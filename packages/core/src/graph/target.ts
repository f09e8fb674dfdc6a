import { dequantized, type Entry, type GraphBuilder, pick, stepOf, type Value } from 'onnx-grad';
import type { Scores } from '../model/score.js';

/** Which class each row explains, and the score y of that class with its derivative. */
export interface Target {
  /** Index of the class of each row, int64 [R]. */
  readonly classes: Value;
  /** y of each row, [R]. */
  readonly score: Value;
  /** dy / d(logits): one entry of each row, which is 1. */
  readonly cotangent: Entry;
  /** The logits as [batch, classes]. */
  readonly logits: Value;
}

/**
 * The class logit as the target. `chosen` holds class indices, −1 for the most probable of the row; it broadcasts with the
 * batch. Without `chosen` every row explains its most probable class.
 */
export function classLogit(b: GraphBuilder, scores: Scores, chosen?: Value): Target {
  const rank = b.facts.rank(scores.logits);
  const real = dequantized(b, scores.logits);
  const logits = rank === 2 ? real : b.flatten(real);
  const best = b.argmax(logits, 1, false);
  const classes = chosen === undefined ? best : replaceMostProbable(b, chosen, best);
  const axes = Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
  const score = b.squeeze(pick(b, classes, real), axes);
  // d score / d score = 1 in each row; by quantised logits, what their step is.
  const one = b.constant(b.typeOf(logits), [1, ...axes.map(() => 1)], [1]);
  const step = stepOf(b, scores.logits);
  return { classes, score, logits, cotangent: { index: classes, value: step === undefined ? one : b.mul(one, step) } };
}

/** Class indices with −1 replaced by the most probable class. */
function replaceMostProbable(b: GraphBuilder, chosen: Value, best: Value): Value {
  if (b.opset >= 9) return b.where(b.less(chosen, b.constant('int64', [1], [0])), best, chosen);
  // Operator sets before 9 compare and choose floating-point numbers only; class indices are exact in them.
  const [wanted, top] = [b.cast(chosen, 'float32'), b.cast(best, 'float32')];
  return b.cast(b.where(b.less(wanted, b.scalar(0, wanted)), top, wanted), 'int64');
}
