import { type Cotangent, dequantized, type GraphBuilder, gradient, type Learn, pick, stepOf, type Value } from 'onnx-grad';
import type { Scores } from '../model/score.js';
import { choicesOf } from '../targets/index.js';
import { logit } from '../targets/logit.js';
import type { Said, Target } from '../targets/target.js';

/** Which class each row explains. */
export interface Classes {
  /** Index of the class of each row, int64 [R]. */
  readonly classes: Value;
  /** How high the model ranks each class, [batch, classes]: a classifier's logits, the share of pixels, the best score of a box. */
  readonly ranking: Value;
}

/** The score y of each row with its derivative by the logits. */
export interface Differentiated {
  /** y, [R]. */
  readonly score: Value;
  /** dy / d(logits), in the logits' own shape with R rows. */
  readonly cotangent: Cotangent;
}

/**
 * The classes to explain. `chosen` holds class indices, −1 for the most probable of the row; it broadcasts with the
 * batch. Without `chosen` every row explains its most probable class.
 *
 * @param target what is explained of them, where it has choices of its own
 */
export function appendClasses(b: GraphBuilder, scores: Scores, chosen?: Value, target?: Target): Classes {
  const ranking = choicesOf(scores, target).ranking(said(b, scores, dequantized(b, scores.logits)));
  const best = b.argmax(ranking, 1, false);
  return { classes: chosen === undefined ? best : replaceMostProbable(b, chosen, best), ranking };
}

/**
 * A target and its derivative by the logits.
 *
 * @param learn tells the facts of the graph with the target's own nodes, which are differentiated as all others
 * @param sign −1 for what speaks against: the derivative is negated, the score is not
 */
export async function appendTarget(
  b: GraphBuilder,
  scores: Scores,
  { classes }: Pick<Classes, 'classes'>,
  target: Target,
  sign: 1 | -1,
  learn: Learn,
): Promise<Differentiated> {
  if (target === logit) return appendLogit(b, scores, classes, sign);
  const real = dequantized(b, scores.logits);
  const [, ...others] = b.facts.dims(scores.logits);
  // One row for each row of classes: the derivative then has as many.
  // An addition spreads them in every operator set.
  const column = b.reshape(classes, [-1, ...others.map(() => 1)]);
  const rows = b.add(real, b.zerosLike(b.cast(column, b.typeOf(real))));
  b.facts.state(rows, { type: b.typeOf(real), dims: ['', ...others] });
  const score = target.score({ ...said(b, scores, rows), classes });
  await b.extend(learn);
  const seed = b.shift(b.zerosLike(score), sign);
  const cotangent = gradient(b, new Map([[score, seed]]), [rows]).get(rows) ?? '';
  const step = stepOf(b, scores.logits);
  return { score, cotangent: step === undefined ? cotangent : b.mul(cotangent, step) };
}

/** A target alone, for those who need no derivative: y, [R]. */
export function appendScore(b: GraphBuilder, scores: Scores, { classes }: Pick<Classes, 'classes'>, target: Target): Value {
  return target === logit ? appendLogit(b, scores, classes, 1).score : scoreOfRows(b, scores, classes, target).score;
}

/** y, and the rows of logits that it is computed of: one for each row of classes, so that its derivative has as many. */
function scoreOfRows(b: GraphBuilder, scores: Scores, classes: Value, target: Target): { readonly score: Value; readonly rows: Value } {
  const real = dequantized(b, scores.logits);
  const [, ...others] = b.facts.dims(scores.logits);
  const rows = b.expand(real, b.concat([b.shape(classes), b.ints(others.map(() => 1))], 0));
  b.facts.state(rows, { type: b.typeOf(real), dims: ['', ...others] });
  return { score: target.score({ ...said(b, scores, rows), classes }), rows };
}

/** What the model says in the form that targets read. @param real its numbers, in the shape of the logits, perhaps with more rows */
function said(b: GraphBuilder, scores: Scores, real: Value): Said {
  switch (scores.kind) {
    case 'classes':
    case 'embedding': {
      if (b.facts.rank(scores.logits) === 2) return { b, scores, logits: real };
      const logits = b.flatten(real);
      b.facts.state(logits, { type: b.typeOf(real), dims: [b.facts.of(real).dims?.[0] ?? '', scores.classes] });
      return { b, scores, logits };
    }
    case 'pixels': {
      const planes = scores.axis === 1 ? real : b.transpose(real, [0, 3, 1, 2]);
      return { b, scores, logits: b.reshape(planes, [0, scores.classes, -1]) };
    }
    case 'boxes':
      return { b, scores, logits: scores.axis === 2 ? real : b.transpose(real, [0, 2, 1]) };
  }
}

/** The class logit: its derivative is one entry of each row, which stays one as far as it can. */
function appendLogit(b: GraphBuilder, scores: Scores, classes: Value, sign: 1 | -1): Differentiated {
  const rank = b.facts.rank(scores.logits);
  const real = dequantized(b, scores.logits);
  const axes = Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
  const score = b.squeeze(pick(b, classes, real), axes);
  const one = b.constant(b.typeOf(real), [1, ...axes.map(() => 1)], [sign]);
  const step = stepOf(b, scores.logits);
  return { score, cotangent: { index: classes, value: step === undefined ? one : b.mul(one, step) } };
}

/** Class indices with −1 replaced by the most probable class. */
function replaceMostProbable(b: GraphBuilder, chosen: Value, best: Value): Value {
  if (b.opset >= 9) return b.where(b.less(chosen, b.constant('int64', [1], [0])), best, chosen);
  // Operator sets before 9 compare and choose floating-point numbers only; class indices are exact in them.
  const [wanted, top] = [b.cast(chosen, 'float32'), b.cast(best, 'float32')];
  return b.cast(b.where(b.less(wanted, b.scalar(0, wanted)), top, wanted), 'int64');
}
