import type { Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { indicator } from './rows.js';
import type { Said, Target } from './target.js';

/** Below this a length counts as 0: the smallest normal float32. */
const TINY = 1.18e-38;

/**
 * Cosine similarity of the model's feature vector to a reference: ⟨e, r⟩ / (|e| |r|). The references take the place of classes: class 0 is the first.
 *
 * @param references vectors as long as the model's own
 * @throws GradcamError `invalid-tensor` for one that is empty, zero, or not finite
 */
export function similarity(references: readonly ArrayLike<number>[]): Target {
  const directions = references.map(direction);
  const cosines = ({ b, logits, scores }: Said): Value => {
    for (const { length } of directions)
      if (length !== scores.classes)
        throw new GradcamError(
          'invalid-tensor',
          `expected a reference of ${scores.classes} numbers, as output '${scores.output}' has, but got ${length}`,
        );
    const [features, count] = [scores.classes, directions.length];
    const columns = Array.from({ length: features * count }, (_, index) => directions[index % count]?.[Math.floor(index / count)] ?? 0);
    const length = b.atLeast(b.sqrt(b.sum(b.mul(logits, logits), [1])), TINY);
    return b.div(b.matmul(logits, b.constant(b.typeOf(logits), [features, count], columns)), length);
  };
  return {
    name: 'similarity',
    summary: 'cosine similarity of the features to those of a reference',
    explains: ['embedding', 'classes'],
    choices: { count: () => directions.length, ranking: cosines },
    score: (context) => {
      const { b, classes } = context;
      const all = cosines(context);
      return b.sum(b.mul(all, indicator(b, classes, directions.length, all)), [1], false);
    },
  };
}

function direction(reference: ArrayLike<number>): Float64Array {
  const vector = Float64Array.from(reference);
  const length = Math.hypot(...vector);
  if (length > 0 && Number.isFinite(length)) return vector.map((value) => value / length);
  throw new GradcamError('invalid-tensor', `expected a reference vector of finite numbers that are not all 0, but its length is ${length}`);
}
