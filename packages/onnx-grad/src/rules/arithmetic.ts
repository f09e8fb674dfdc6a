import type { Value } from '../build/builder.js';
import { elementwise, type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

/** Rows stay apart in a broadcasting operator as long as no wanted input lacks the batch axis. */
const aligned = (c: RuleContext<undefined>): boolean => [...c.wanted].every((index) => c.rank(c.input(index)) === c.rank(c.y));

/** 1 where x = 0, else 0: added to x, it makes the logarithm 0 there. */
const isZero = ({ b, x }: VjpContext<undefined>): Value => b.cast(b.equal(x, b.scalar(0, x)), b.typeOf(x));

/** d xᵖ / dx = p · xᵖ⁻¹, and 0 for p = 0 whatever x is. A square does without the power, which costs ten times a product. */
function powerSlope(c: VjpContext<undefined>): Value {
  const { b, x } = c;
  const constant = c.facts.graph.constant(c.input(1))?.data;
  if (constant?.length === 1 && constant[0] === 2) return b.scale(x, 2);
  const exponent = b.cast(c.input(1), b.typeOf(x));
  const slope = b.mul(exponent, b.node('Pow', [x, b.shift(exponent, -1)]));
  return constant?.includes(0) === false ? slope : b.keep(b.not(b.equal(exponent, b.scalar(0, x))), slope);
}

/** The largest or smallest of its inputs: those that tie share the cotangent evenly. */
function extremum({ b, g, y, node }: VjpContext<undefined>, index: number): Value {
  const ties = node.inputs.map((input) => b.cast(b.equal(input, y), b.typeOf(y)));
  const [tie, ...others] = [...ties.splice(index, 1), ...ties];
  if (tie === undefined || others.length === 0) return g;
  return b.mul(
    g,
    b.div(
      tie,
      others.reduce((sum, other) => b.add(sum, other), tie),
    ),
  );
}

/** Whether an input is not broadcast at all. */
function sameShape(c: RuleContext<undefined>, input: Value): boolean {
  const [from, to] = [c.dims(input), c.dims(c.y)];
  return from.length >= 2 && from.length === to.length && from.every((size, axis) => size !== '' && size === to[axis]);
}

const pass = ({ g }: VjpContext<undefined>): Value => g;

/** Sums, products, powers and the like of several tensors. x: first input, y: output, g: its cotangent. */
export const arithmeticRules: readonly Rule[] = [
  rule('Add', {
    broadcasts: true,
    rows: aligned,
    vjp: pass,
    entry: (c, entry, input) => (sameShape(c, c.input(input)) ? entry : undefined),
  }),
  rule('Sub', { broadcasts: true, rows: aligned, vjp: [pass, ({ b, g }) => b.neg(g)] }),
  rule('Sum', { broadcasts: true, rows: aligned, vjp: pass }),
  rule('Mean', { broadcasts: true, rows: aligned, vjp: ({ b, g, node }) => b.scale(g, 1 / node.inputs.length) }),
  rule('Max', { broadcasts: true, rows: aligned, vjp: extremum }),
  rule('Min', { broadcasts: true, rows: aligned, vjp: extremum }),
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
  // d xᵖ / dp = xᵖ · ln x, which is 0 for x = 0
  rule('Pow', {
    broadcasts: true,
    rows: aligned,
    vjp: [
      (c) => c.b.mul(c.g, powerSlope(c)),
      // The exponent may be of another type than what it raises.
      (c) => c.b.cast(c.b.mul(c.g, c.b.mul(c.y, c.b.node('Log', [c.b.add(c.x, isZero(c))]))), c.b.typeOf(c.input(1))),
    ],
  }),
  // a mod d = a − n · d, where n = a / d rounded down, or towards 0 with fmod: either way it is (a − y) / d, but for its rounding.
  rule('Mod', {
    broadcasts: true,
    rows: aligned,
    vjp: [
      pass,
      (c) => {
        const quotient = c.b.div(c.b.sub(c.x, c.y), c.input(1));
        return c.b.neg(c.b.mul(c.g, c.b.node('Floor', [c.b.shift(quotient, 0.5)])));
      },
    ],
  }),
  rule('Where', {
    inputs: [1, 2],
    broadcasts: true,
    rows: aligned,
    vjp: (c, index) => c.b.keep(index === 1 ? c.x : c.b.not(c.x), c.g),
  }),
];
