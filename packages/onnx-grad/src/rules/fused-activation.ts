import type { Value } from '../build/builder.js';
import { fastGeluSlope, geluSlope, swishSlope } from './activation-smooth.js';
import { elementwise, type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

const domain = 'com.microsoft';

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
  elementwise('QuickGelu', {
    domain,
    attributes: (a) => ({ alpha: a.float('alpha', 1.702) }),
    vjp: ({ b, g, x, y, attributes: { alpha } }) => b.mul(g, swishSlope(b, x, y, alpha)),
  }),
];
