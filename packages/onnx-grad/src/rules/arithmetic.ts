import type { Value } from '../build/builder.js';
import { elementwise, type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

/** Rows stay apart in a broadcasting operator as long as no wanted input lacks the batch axis. */
const aligned = (c: RuleContext<undefined>): boolean => [...c.wanted].every((index) => c.rank(c.input(index)) === c.rank(c.y));

/** 1 where x = 0, else 0: added to x, it makes the logarithm 0 there. */
const isZero = ({ b, x }: VjpContext<undefined>): Value => b.cast(b.equal(x, b.scalar(0, x)), b.typeOf(x));

/** Whether an input is not broadcast at all. */
function sameShape(c: RuleContext<undefined>, input: Value): boolean {
  const [from, to] = [c.dims(input), c.dims(c.y)];
  return from.length >= 2 && from.length === to.length && from.every((size, axis) => size !== '' && size === to[axis]);
}

const pass = ({ g }: VjpContext<undefined>): Value => g;

/** Sums, products and powers. x: first input, y: output, g: its cotangent. */
export const arithmeticRules: readonly Rule[] = [
  rule('Add', {
    broadcasts: true,
    rows: aligned,
    vjp: pass,
    entry: (c, entry, input) => (sameShape(c, c.input(input)) ? entry : undefined),
  }),
  rule('Sub', { broadcasts: true, rows: aligned, vjp: [pass, ({ b, g }) => b.neg(g)] }),
  rule('Sum', { broadcasts: true, rows: aligned, vjp: pass }),
  rule('Mul', { broadcasts: true, rows: aligned, vjp: (c, index) => c.b.mul(c.g, c.input(1 - index)) }),
  // d(x / d) / dd = -(x / d) / d
  rule('Div', {
    broadcasts: true,
    rows: aligned,
    vjp: [(c) => c.b.div(c.g, c.input(1)), (c) => c.b.neg(c.b.div(c.b.mul(c.g, c.y), c.input(1)))],
  }),
  elementwise('Neg', { vjp: ({ b, g }) => b.neg(g) }),
  elementwise('Abs', { vjp: ({ b, g, x }) => b.mul(g, b.sign(x)) }),
  elementwise('Exp', { vjp: ({ b, g, y }) => b.mul(g, y) }),
  elementwise('Log', { vjp: ({ b, g, x }) => b.div(g, x) }),
  elementwise('Sqrt', { vjp: ({ b, g, y }) => b.div(b.scale(g, 0.5), y) }),
  elementwise('Reciprocal', { vjp: ({ b, g, y }) => b.neg(b.mul(g, b.mul(y, y))) }),
  // d xᵖ / dx = p · xᵖ⁻¹, d xᵖ / dp = xᵖ · ln x, which is 0 for x = 0
  rule('Pow', {
    broadcasts: true,
    rows: aligned,
    vjp: [
      (c) => {
        const exponent = c.b.cast(c.input(1), c.b.typeOf(c.x));
        return c.b.mul(c.g, c.b.mul(exponent, c.b.node('Pow', [c.x, c.b.shift(exponent, -1)])));
      },
      (c) => c.b.mul(c.g, c.b.mul(c.y, c.b.node('Log', [c.b.add(c.x, isZero(c))]))),
    ],
  }),
  rule('Where', {
    inputs: [1, 2],
    broadcasts: true,
    rows: aligned,
    vjp: (c, index) => c.b.keep(index === 1 ? c.x : c.b.not(c.x), c.g),
  }),
];
