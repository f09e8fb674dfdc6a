import type { GraphBuilder, Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { reducedAxes, reduction, restored } from './reduction.js';
import type { Rule, RuleContext } from './rule.js';

/** Factors along one axis up to which products are differentiated: each is multiplied without each, which takes the square of their number. */
const MAX_FACTORS = 1024;

/** The positions along an axis twice, so that they meet in a square before the axes behind: as its rows, and as its columns. */
export function grid(c: RuleContext<unknown>, b: GraphBuilder, axis: number): readonly [row: Value, column: Value] {
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
export function withoutEach(b: GraphBuilder, x: Value, axis: number, [row, column]: readonly [Value, Value]): Value {
  return b.where(b.equal(row, column), b.scalar(1, x), b.unsqueeze(x, [axis]));
}

/** Products along axes. An element's slope is the product of the others: no quotient, so that zeros among them do no harm. */
export const productRules: readonly Rule[] = [
  reduction('ReduceProd', {
    vjp: (c) => {
      const { b } = c;
      const axes = reducedAxes(c);
      if (axes === undefined) throw c.refuse(`input 1 ('${c.input(1)}')`, 'computed at run time', 'a constant');
      // One axis after the other: the product over those before is one factor along the next.
      const others = axes.map((axis, index) =>
        b.prod(withoutEach(b, b.prod(c.x, axes.slice(0, index)), axis, grid(c, b, axis)), [axis + 1], false),
      );
      return others.reduce((product, factor) => b.mul(product, factor), restored(c, c.g));
    },
  }),
];
