import type { GraphBuilder, Value } from '../build/builder.js';
import { elementwise, type Rule } from './rule.js';

/** g · positive where x > 0, else g · negative · exp(rate · x). What is not chosen stays finite, so that a gradient of the gradient does too. */
function exponential(b: GraphBuilder, x: Value, g: Value, positive: number, negative: number, rate: number): Value {
  const below = b.neg(b.relu(b.neg(x)));
  const slope = b.scale(b.exp(b.scale(below, rate)), negative);
  return b.mul(g, b.where(b.greater(x, b.scalar(0, x)), b.scalar(positive, x), slope));
}

/** σ(x). */
const sigmoid = (b: GraphBuilder, x: Value): Value => b.node('Sigmoid', [x]);

const square = (b: GraphBuilder, x: Value): Value => b.mul(x, x);

/**
 * 1 − s of a share, 0 ≤ s ≤ 1. As a HardSigmoid, max(0, min(1, 1 − s)), which is the same number: for it ONNX Runtime leaves feature maps in blocks of
 * channels, for a subtraction from a number it does not.
 */
function oneMinus(b: GraphBuilder, s: Value): Value {
  if (b.typeOf(s) !== 'float32') return b.sub(b.scalar(1, s), s);
  return b.node('HardSigmoid', [s], { alpha: { float: -1 }, beta: { float: 1 } });
}

/** dy / dx = s + αy · (1 − s) with s = σ(αx) and y = x · s: the slope of Swish, also named SiLU. */
export function swishSlope(b: GraphBuilder, x: Value, y: Value, alpha: number): Value {
  const s = sigmoid(b, b.scale(x, alpha));
  return b.add(s, b.mul(b.scale(y, alpha), oneMinus(b, s)));
}

/** d (x · Φ(x)) / dx = Φ(x) + x · φ(x), Φ and φ the normal distribution and its density. */
export function geluSlope(b: GraphBuilder, x: Value): Value {
  b.need(9, 'Erf');
  const distribution = b.scale(b.shift(b.node('Erf', [b.scale(x, Math.SQRT1_2)]), 1), 0.5);
  const density = b.scale(b.exp(b.scale(square(b, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return b.add(distribution, b.mul(x, density));
}

/** The same of its approximation x/2 · (1 + t) with t = tanh(u), u = √(2/π) · (x + 0.044715 x³): (1 + t) / 2 + x/2 · (1 − t²) · du/dx. */
export function fastGeluSlope(b: GraphBuilder, x: Value): Value {
  const [rate, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
  const t = b.node('Tanh', [b.mul(b.scale(x, rate), b.shift(b.scale(square(b, x), cubic), 1))]);
  const inner = b.shift(b.scale(square(b, x), 3 * rate * cubic), rate);
  const bend = b.mul(b.mul(x, oneMinus(b, square(b, t))), inner);
  return b.scale(b.add(b.shift(t, 1), bend), 0.5);
}

/** Activation functions that are smooth, or smooth on either side of 0. */
export const smoothActivationRules: readonly Rule[] = [
  // dσ/dx = σ(1 − σ)
  elementwise('Sigmoid', { vjp: ({ b, g, y }) => b.mul(g, b.mul(y, oneMinus(b, y))) }),
  elementwise('Tanh', { vjp: ({ b, g, y }) => b.mul(g, oneMinus(b, square(b, y))) }),
  elementwise('Softplus', { vjp: ({ b, g, x }) => b.mul(g, sigmoid(b, x)) }),
  elementwise('Softsign', { vjp: ({ b, g, x }) => b.div(g, square(b, b.shift(b.abs(x), 1))) }),
  elementwise('Elu', {
    attributes: (a) => ({ alpha: a.float('alpha', 1) }),
    vjp: ({ b, g, x, attributes: { alpha } }) => exponential(b, x, g, 1, alpha, 1),
  }),
  elementwise('Selu', {
    attributes: (a) => ({ alpha: a.float('alpha', 1.6732631921768188), gamma: a.float('gamma', 1.0507010221481323) }),
    vjp: ({ b, g, x, attributes: { alpha, gamma } }) => exponential(b, x, g, gamma, gamma * alpha, 1),
  }),
  elementwise('Celu', {
    attributes: (a) => ({ alpha: a.float('alpha', 1) }),
    vjp: ({ b, g, x, attributes: { alpha } }) => exponential(b, x, g, 1, 1, 1 / alpha),
  }),
  // y = x · t with t = tanh(softplus(x)): t + x · (1 − t²) · σ(x)
  elementwise('Mish', {
    vjp: ({ b, g, x }) => {
      const t = b.node('Tanh', [b.node('Softplus', [x])]);
      return b.mul(g, b.add(t, b.mul(b.mul(x, sigmoid(b, x)), oneMinus(b, square(b, t)))));
    },
  }),
  elementwise('Gelu', {
    attributes: (a) => ({ approximate: a.choice('approximate', 'none', ['none', 'tanh']) }),
    vjp: ({ b, g, x, attributes: { approximate } }) => b.mul(g, approximate === 'tanh' ? fastGeluSlope(b, x) : geluSlope(b, x)),
  }),
  elementwise('Swish', {
    attributes: (a) => ({ alpha: a.float('alpha', 1) }),
    vjp: ({ b, g, x, y, attributes: { alpha } }) => b.mul(g, swishSlope(b, x, y, alpha)),
  }),
];
