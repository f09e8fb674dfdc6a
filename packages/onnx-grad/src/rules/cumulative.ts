import type { Attributes } from '../graph/attributes.js';
import { axesAt, frontAxis, square, withoutEach } from './reduction-product.js';
import { type Rule, type RuleContext, rule } from './rule.js';

const parse = (a: Attributes) => ({ reverse: a.int('reverse', 0) === 1, exclusive: a.int('exclusive', 0) === 1 });

/** The axis counted from the front; undefined where it is computed at run time. */
function axisOf(c: RuleContext<unknown>): number | undefined {
  const axis = c.facts.graph.constant(c.input(1))?.data[0];
  return axis === undefined ? undefined : c.axis(axis);
}

/** Rows stay apart where axis 0 is not the one. */
const apart = (c: RuleContext<unknown>): boolean => (axisOf(c) ?? 0) > 0;

/** Running sums and products. */
export const cumulativeRules: readonly Rule[] = [
  // Each element is in the sums from its place on: their cotangents are summed the other way.
  rule('CumSum', {
    attributes: parse,
    inputs: [0],
    rows: apart,
    vjp: (c) => c.b.again(c.node, [c.g, c.input(1)], { reverse: c.attributes.reverse ? 0 : 1 }),
  }),
  // Row i of the square holds all factors but the one at i: its running products are the slopes of those in which that one is a factor.
  rule('CumProd', {
    attributes: parse,
    inputs: [0],
    rows: apart,
    vjp: (c) => {
      const { b, attributes } = c;
      const axis = frontAxis(c, c.input(1));
      const positions = square(c, c.x, axis);
      const [row, column] = attributes.reverse ? [positions[1], positions[0]] : positions;
      const isFactor = attributes.exclusive ? b.less(row, column) : b.not(b.greater(row, column));
      const next = axesAt(b, axis, 1);
      const running = b.again(c.node, [withoutEach(b, c.x, axis, positions), typeof next === 'string' ? next : b.ints(next)]);
      return b.sum(b.mul(b.unsqueeze(c.g, axesAt(b, axis)), b.keep(isFactor, running)), next, false);
    },
  }),
];
