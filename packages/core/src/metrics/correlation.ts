import { GradcamError } from '../errors.js';

/**
 * Pearson's correlation, in [−1, 1].
 *
 * @throws GradcamError `not-measurable` where one of the two is the same everywhere
 */
export function pearson(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const [a, b] = [centred(one), centred(other)];
  const [aa, ab, bb] = [dot(a, a), dot(a, b), dot(b, b)];
  if (aa === 0 || bb === 0)
    throw new GradcamError('not-measurable', 'one of the two maps is the same everywhere: it correlates with nothing');
  return Math.min(1, Math.max(-1, ab / Math.sqrt(aa) / Math.sqrt(bb)));
}

/**
 * Spearman's rank correlation, in [−1, 1]: Pearson's of the ranks, equal values sharing the mean of theirs.
 *
 * @throws GradcamError `not-measurable` where one of the two is the same everywhere
 */
export function spearman(one: Float32Array, other: Float32Array): number {
  return pearson(ranks(one), ranks(other));
}

function ranks(values: Float32Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((one, other) => (values[one] as number) - (values[other] as number));
  const rank = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    const value = values[order[from] as number];
    while (to < order.length && values[order[to] as number] === value) to++;
    for (let at = from; at < to; at++) rank[order[at] as number] = (from + to - 1) / 2;
  }
  return rank;
}

function centred(values: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(values);
  // A sum of equal numbers may differ from their product in the last bit: what is constant must come out as 0.
  if (copy.every((value) => value === copy[0])) return new Float64Array(copy.length);
  const mean = copy.reduce((sum, value) => sum + value, 0) / copy.length;
  return copy.map((value) => value - mean);
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] as number) * (other[i] as number);
  return sum;
}
