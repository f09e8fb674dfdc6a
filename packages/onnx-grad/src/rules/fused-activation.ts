import type { GraphBuilder, Value } from '../build/builder.js';
import { elementwise, type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

const domain = 'com.microsoft';

/** d(x · Φ(x)) / dx = Φ(x) + x · φ(x), with the normal distribution Φ and its density φ. */
function geluSlope(b: GraphBuilder, x: Value): Value {
  b.need(9, 'Erf');
  const distribution = b.scale(b.shift(b.node('Erf', [b.scale(x, Math.SQRT1_2)]), 1), 0.5);
  const density = b.scale(b.exp(b.scale(b.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return b.add(distribution, b.mul(x, density));
}

/** d(x · (1 + tanh u) / 2) / dx = (1 + tanh u) / 2 + x · (1 − tanh² u) / 2 · u', with u = √(2/π) · (x + 0.044715 · x³). */
function fastGeluSlope(b: GraphBuilder, x: Value): Value {
  const [linear, cubic] = [Math.sqrt(2 / Math.PI), 0.044715 * Math.sqrt(2 / Math.PI)];
  const square = b.mul(x, x);
  const t = b.node('Tanh', [b.mul(x, b.shift(b.scale(square, cubic), linear))]);
  const inner = b.shift(b.scale(square, 3 * cubic), linear);
  const bend = b.mul(b.mul(x, b.sub(b.scalar(1, x), b.mul(t, t))), inner);
  return b.scale(b.add(b.shift(t, 1), bend), 0.5);
}

/** The input with the bias that is added to it. */
const biased = (c: VjpContext<unknown>): Value => {
  const bias = c.optional(1);
  return bias === undefined ? c.x : c.b.add(c.x, bias);
};

/** The bias gets a sum over the batch. */
const unlessBias = ({ wanted }: RuleContext<unknown>): boolean => !wanted.has(1);

/** Activations that are operators of ONNX Runtime. */
export const fusedActivationRules: readonly Rule[] = [
  elementwise('Gelu', { domain, vjp: ({ b, g, x }) => b.mul(g, geluSlope(b, x)) }),
  rule('BiasGelu', { domain, broadcasts: true, rows: unlessBias, vjp: (c) => c.b.mul(c.g, geluSlope(c.b, biased(c))) }),
  rule('FastGelu', { domain, broadcasts: true, rows: unlessBias, vjp: (c) => c.b.mul(c.g, fastGeluSlope(c.b, biased(c))) }),
  // d(x · σ(αx)) / dx = σ · (1 + αx · (1 − σ))
  elementwise('QuickGelu', {
    domain,
    attributes: (a) => ({ alpha: a.float('alpha', 1.702) }),
    vjp: ({ b, g, x, attributes: { alpha } }) => {
      const scaled = b.scale(x, alpha);
      const gate = b.node('Sigmoid', [scaled]);
      return b.mul(g, b.mul(gate, b.shift(b.mul(scaled, b.sub(b.scalar(1, x), gate)), 1)));
    },
  }),
];
