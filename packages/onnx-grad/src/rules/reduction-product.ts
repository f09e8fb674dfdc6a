import type { GraphBuilder, Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { type Reduction, reducedAxes, reduction, restored } from './reduction.js';
import type { Rule, VjpContext } from './rule.js';

/** Factors along one axis up to which products are differentiated: each is multiplied without each, which takes the square of their number. */
const MAX_FACTORS = 1024;

/** An axis counted from the front; int64 [1] where it is computed at run time. */
export type Axis = number | Value;

/** An axis that is given as a value of int64 [1] or [], counted from the front. */
export function frontAxis(c: VjpContext<unknown>, axis: Value): Axis {
  const { b, facts, x } = c;
  const constant = facts.graph.constant(axis)?.data[0];
  if (constant !== undefined) return c.axis(constant);
  const rank = b.ints([c.rank(x)]);
  return b.node('Mod', [b.add(b.reshape(b.cast(axis, 'int64'), [1]), rank), rank]);
}

/** The axis as operators take it that reduce or insert several. @param by how far behind it */
export function axesAt(b: GraphBuilder, axis: Axis, by = 0): readonly number[] | Value {
  if (typeof axis === 'number') return [axis + by];
  return by === 0 ? axis : b.add(axis, b.ints([by]));
}

/** The positions along an axis of x twice, so that they meet in a square in its place: those of its rows, and of its columns. */
export function square(c: VjpContext<unknown>, x: Value, axis: Axis): readonly [row: Value, column: Value] {
  const { b } = c;
  if (typeof axis === 'string') {
    // How many are before it along the axis.
    const ones = b.shift(b.cast(b.less(x, x), 'float32'), 1);
    const places = b.node('CumSum', [ones, axis], { exclusive: 1 });
    return [b.unsqueeze(places, axesAt(b, axis, 1)), b.unsqueeze(places, axis)];
  }
  const size = c.dims(c.x)[axis];
  if (typeof size === 'number' && size > MAX_FACTORS)
    throw c.refuse(
      `axis ${axis} of its input`,
      `of ${size} factors`,
      `of at most ${MAX_FACTORS}: multiply in several steps, or add logarithms`,
    );
  const behind = Array.from({ length: c.rank(c.x) - axis - 1 }, (_, index) => index + 1);
  const places = positions(b, c.x, axis);
  return [b.unsqueeze(places, [...behind, behind.length + 1]), b.unsqueeze(places, behind)];
}

/** x with its axis as a square whose row i holds all elements but the one at i, which is 1. */
export function withoutEach(b: GraphBuilder, x: Value, axis: Axis, [row, column]: readonly [Value, Value]): Value {
  return b.where(b.equal(row, column), b.scalar(1, x), b.unsqueeze(x, axesAt(b, axis)));
}

/** The axes of a product, one by one. */
function axesOf(c: Reduction): readonly Axis[] {
  const known = reducedAxes(c);
  if (known !== undefined) return known;
  const count = c.attributes.keepdims ? c.dims(c.input(1))[0] : c.rank(c.x) - c.rank(c.y);
  if (typeof count !== 'number') throw c.refuse(`the number of its axes ('${c.input(1)}')`, 'known only at run time', 'fixed');
  if (!(count >= 0 && count <= c.rank(c.x)))
    throw c.refuse(`the number of its axes ('${c.input(1)}')`, String(count), `at most ${c.rank(c.x)}, the rank of its input`);
  return Array.from({ length: count }, (_, index) => frontAxis(c, c.b.slice(c.input(1), 0, index, index + 1)));
}

/** Products along axes. An element's slope is the product of the others: no quotient, so that zeros among them do no harm. */
export const productRules: readonly Rule[] = [
  reduction('ReduceProd', {
    vjp: (c) => {
      const { b } = c;
      // One axis after the other: the product over those before is one factor along the next.
      let factors = c.x;
      let cotangent = restored(c, c.g);
      for (const axis of axesOf(c)) {
        const others = b.prod(withoutEach(b, factors, axis, square(c, factors, axis)), axesAt(b, axis, 1), false);
        cotangent = b.mul(cotangent, others);
        factors = b.prod(factors, axesAt(b, axis));
      }
      return cotangent;
    },
  }),
];
