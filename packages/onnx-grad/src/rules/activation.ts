import type { Value } from '../build/builder.js';
import { channelOf } from './pointwise.js';
import { always, elementwise, type Rule, rule, type VjpContext } from './rule.js';
import { above, below, isStep } from './steep.js';

/** g where the output is positive: for functions whose output has the sign of their input. Reads y, so that the runtime's fusion of the activation into the operator before it survives. */
const wherePositive = (c: VjpContext<unknown>): Value => between(c, c.y, c.b.scalar(0, c.y), undefined, c.g);

/**
 * g where low < x < high, else 0. What arrives from convolutions alone is finite or infinite everywhere: there a product, in half of the time of a
 * choice, is no other answer.
 */
function between(c: VjpContext<unknown>, x: Value, low: Value | undefined, high: Value | undefined, g: Value): Value {
  const { b } = c;
  const finite = isConvolved(c);
  const masks = [low === undefined ? [] : [above(b, x, low)], high === undefined ? [] : [below(b, x, high)]].flat();
  if (finite && masks.every((mask) => mask !== undefined)) return masks.reduce((product, mask) => b.mul(product, mask), g);
  const bounds = [low === undefined ? [] : [b.greater(x, low)], high === undefined ? [] : [b.less(x, high)]].flat();
  const [first, second] = bounds;
  if (first === undefined) return g;
  const condition = second === undefined ? first : b.and(first, second);
  return finite ? b.mul(g, b.cast(condition, b.typeOf(g))) : b.keep(condition, g);
}

/** Whether the gradient of a node's output arrives from convolutions alone. */
function isConvolved({ b, y }: VjpContext<unknown>): boolean {
  const readers = b.graph.consumers(y);
  return readers.length > 0 && readers.every(({ domain, opType }) => domain === '' && opType === 'Conv');
}

/** The sum of all elements, for a bound that they share. */
const total = (c: VjpContext<unknown>, g: Value): Value => c.b.sum(g, [...c.dims(c.x).keys()], false);

/** max(x, min): what Clip holds against its upper bound, which wins where it lies below the lower one. */
const raised = (c: VjpContext<unknown>): Value => {
  const low = c.optional(1);
  return low === undefined ? c.x : c.b.node('Max', [c.x, low]);
};

/** Whether the lower bound took the place of x, and the upper one left it. */
function belowOnly(c: VjpContext<unknown>): Value {
  const [low, high] = [c.input(1), c.optional(2)];
  const below = c.b.less(c.x, low);
  return high === undefined ? below : c.b.and(below, c.b.less(low, high));
}

/** Activation functions in straight pieces, at kinks with the derivative that PyTorch gives. */
export const activationRules: readonly Rule[] = [
  elementwise('Relu', {
    vjp: wherePositive,
    entry: ({ b, x, y }, { index, value }) => ({
      index,
      value: b.keep(b.greater(channelOf(b, index, x), b.scalar(0, y)), b.narrow(value)),
    }),
  }),
  elementwise('ThresholdedRelu', {
    attributes: (a) => ({ alpha: a.float('alpha', 1) }),
    vjp: ({ b, g, x, attributes: { alpha } }) => b.keep(b.greater(x, b.scalar(alpha, x)), g),
  }),
  // Zero between −λ and λ, shifted by a constant outside.
  elementwise('Shrink', {
    attributes: (a) => ({ lambda: a.float('lambd', 0.5) }),
    vjp: ({ b, g, x, attributes: { lambda } }) => b.keep(b.or(b.less(x, b.scalar(-lambda, x)), b.greater(x, b.scalar(lambda, x))), g),
  }),
  elementwise('LeakyRelu', {
    attributes: (a) => ({ alpha: a.float('alpha', 0.01) }),
    vjp: ({ b, g, x, attributes: { alpha } }) => b.where(b.greater(x, b.scalar(0, x)), g, b.scale(g, alpha)),
  }),
  rule('PRelu', {
    broadcasts: true,
    rows: ({ wanted }) => !wanted.has(1),
    vjp: [
      (c) => c.b.where(c.b.greater(c.x, c.b.scalar(0, c.x)), c.g, c.b.mul(c.g, c.input(1))),
      (c) => c.b.keep(c.b.less(c.x, c.b.scalar(0, c.x)), c.b.mul(c.g, c.x)),
    ],
  }),
  // Clip's bounds are attributes up to operator set 10, and optional inputs from 11 on.
  elementwise('Clip', {
    until: 10,
    attributes: (a) => ({ min: a.has('min') ? a.float('min', 0) : undefined, max: a.has('max') ? a.float('max', 0) : undefined }),
    vjp: (c) => {
      const bound = (value: number | undefined) => (value === undefined ? undefined : c.b.scalar(value, c.y));
      return between(c, c.y, bound(c.attributes.min), bound(c.attributes.max), c.g);
    },
  }),
  rule('Clip', {
    since: 11,
    rows: ({ wanted }) => !wanted.has(1) && !wanted.has(2),
    vjp: [
      (c) => between(c, c.y, c.optional(1), c.optional(2), c.g),
      (c) => total(c, c.b.keep(belowOnly(c), c.g)),
      (c) => total(c, c.b.keep(c.b.less(c.input(2), raised(c)), c.g)),
    ],
  }),
  elementwise('HardSigmoid', {
    attributes: (a) => ({ alpha: a.float('alpha', 0.2) }),
    steps: ({ alpha }) => (isStep(alpha) ? [0] : []),
    vjp: (c) => between(c, c.y, c.b.scalar(0, c.y), c.b.scalar(1, c.y), c.b.scale(c.g, c.attributes.alpha)),
  }),
  // y = x · h(x) with h(x) = HardSigmoid(x; 1/6, 1/2): dy/dx = h + x/6 where 0 < h < 1
  rule('HardSwish', {
    rows: always,
    vjp: (c) => {
      const { b, g, x } = c;
      const gate = b.node('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
      const slope = between(c, gate, b.scalar(0, x), b.scalar(1, x), b.scale(x, 1 / 6));
      return b.mul(g, b.add(gate, slope));
    },
  }),
];
