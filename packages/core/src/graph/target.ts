import type { GraphBuilder, Value } from 'onnx-grad';
import { reshapeRows } from 'onnx-grad';
import type { Scores } from '../model/score.js';

/** Which class each row explains, and the score y of that class with its derivative. */
export interface Target {
  /** Index of the class of each row, int64 [R]. */
  readonly classes: Value;
  /** y of each row, [R]. */
  readonly score: Value;
  /** dy / d(logits), in the shape of the logits' value but with R rows. */
  readonly cotangent: Value;
  /** The logits as [batch, classes]. */
  readonly logits: Value;
}

/**
 * The class logit as the target. `chosen` holds class indices, −1 for the most probable of the row; it broadcasts with the
 * batch. Without `chosen` every row explains its most probable class.
 */
export function classLogit(b: GraphBuilder, scores: Scores, chosen?: Value): Target {
  const logits = b.facts.rank(scores.logits) === 2 ? scores.logits : b.flatten(scores.logits);
  const best = b.argmax(logits, 1, false);
  const classes = chosen === undefined ? best : pick(b, chosen, best);
  const oneHot = oneHotRows(b, classes, scores.classes, logits);
  const score = b.sum(b.mul(logits, oneHot), [1], false);
  return { classes, score, logits, cotangent: reshapeRows(b, oneHot, scores.logits) };
}

/** Class indices with −1 replaced by the most probable class. */
function pick(b: GraphBuilder, chosen: Value, best: Value): Value {
  if (b.opset >= 9) return b.where(b.less(chosen, b.constant('int64', [1], [0])), best, chosen);
  // Operator sets before 9 compare and choose floating-point numbers only; class indices are exact in them.
  const [wanted, top] = [b.cast(chosen, 'float32'), b.cast(best, 'float32')];
  return b.cast(b.where(b.less(wanted, b.scalar(0, wanted)), top, wanted), 'int64');
}

/** Rows that are 1 at the class and 0 elsewhere: [R, classes]. */
function oneHotRows(b: GraphBuilder, classes: Value, count: number, like: Value): Value {
  const type = b.typeOf(like);
  if (b.opset >= 9) return b.node('OneHot', [classes, b.ints([count]), b.constant(type, [2], [0, 1])], { axis: -1 }, type);
  const indices = b.ints(Array.from({ length: count }, (_, index) => index));
  return b.cast(b.equal(b.unsqueeze(classes, [1]), indices), type);
}
