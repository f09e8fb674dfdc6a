import type { GraphBuilder, Value } from '../build/builder.js';
import { elementwise, type Rule } from './rule.js';

/** 1 − x², without the cancellation near |x| = 1. */
const complement = (b: GraphBuilder, x: Value): Value => b.mul(b.sub(b.scalar(1, x), x), b.shift(x, 1));

const square = (b: GraphBuilder, x: Value): Value => b.mul(x, x);

/** Functions of numbers: trigonometric, hyperbolic, the error function. */
export const mathRules: readonly Rule[] = [
  elementwise('Sin', { vjp: ({ b, g, x }) => b.mul(g, b.node('Cos', [x])) }),
  elementwise('Cos', { vjp: ({ b, g, x }) => b.neg(b.mul(g, b.node('Sin', [x]))) }),
  elementwise('Tan', { vjp: ({ b, g, y }) => b.mul(g, b.shift(square(b, y), 1)) }),
  elementwise('Asin', { vjp: ({ b, g, x }) => b.div(g, b.sqrt(complement(b, x))) }),
  elementwise('Acos', { vjp: ({ b, g, x }) => b.neg(b.div(g, b.sqrt(complement(b, x)))) }),
  elementwise('Atan', { vjp: ({ b, g, x }) => b.div(g, b.shift(square(b, x), 1)) }),
  elementwise('Sinh', { vjp: ({ b, g, x }) => b.mul(g, b.node('Cosh', [x])) }),
  elementwise('Cosh', { vjp: ({ b, g, x }) => b.mul(g, b.node('Sinh', [x])) }),
  elementwise('Asinh', { vjp: ({ b, g, x }) => b.div(g, b.sqrt(b.shift(square(b, x), 1))) }),
  elementwise('Acosh', { vjp: ({ b, g, x }) => b.div(g, b.sqrt(b.neg(complement(b, x)))) }),
  elementwise('Atanh', { vjp: ({ b, g, x }) => b.div(g, complement(b, x)) }),
  // d erf(x) / dx = 2 / √π · exp(−x²)
  elementwise('Erf', { vjp: ({ b, g, x }) => b.mul(g, b.scale(b.exp(b.neg(square(b, x))), 2 / Math.sqrt(Math.PI))) }),
];
