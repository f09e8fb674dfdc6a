import type { GraphBuilder, Value } from './builder.js';

/**
 * Sums a cotangent of shape `output` back to the shape of `input`, which numpy's broadcasting had spread: leading axes
 * that the input lacks are summed away, axes along which it has size 1 are summed to 1.
 */
export function unbroadcast(b: GraphBuilder, cotangent: Value, input: Value, output: Value): Value {
  if (input === output) return cotangent;
  const to = b.facts.dims(input);
  const from = b.facts.dims(output);
  const extra = from.length - to.length;
  const leading = Array.from({ length: extra }, (_, axis) => axis);
  const spread = to.flatMap((_, axis) => (from[axis + extra] !== 1 && b.facts.isOne(input, axis) ? [axis + extra] : []));
  const summed = b.sum(cotangent, spread);
  return leading.length === 0 ? summed : b.sum(summed, leading, false);
}
