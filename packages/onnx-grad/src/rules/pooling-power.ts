import type { Value } from '../build/builder.js';
import type { Attributes } from '../graph/attributes.js';
import { type WindowAttributes, windowAttributes } from '../graph/window.js';
import { windowFrom } from './pooling-window.js';
import { always, type Rule, rule, type VjpContext } from './rule.js';
import { fromPlanes, planes, sumKernel, transposeWindows } from './window.js';

interface PowerAttributes {
  readonly p: number;
}

const power = (a: Attributes): PowerAttributes => ({ p: a.int('p', 2) });

/** Pools by p-norms: y = (Σ |x|ᵖ)^(1/p) over a window, so that x gets sign(x)·|x|ᵖ⁻¹ · Σ g·y¹⁻ᵖ over the windows that it lies in. */
export const powerPoolRules: readonly Rule[] = [
  rule('GlobalLpPool', { attributes: power, rows: always, vjp: (c) => c.b.mul(inner(c), outer(c)) }),
  rule('LpPool', {
    attributes: (a): PowerAttributes & WindowAttributes => ({ ...power(a), ...windowAttributes(a) }),
    rows: always,
    vjp: (c) => {
      const { b, x, y } = c;
      const w = windowFrom(c);
      const spread = transposeWindows(b, planes(b, outer(c), y), sumKernel(b, w, x), w, x, c.dims(x).slice(2));
      return b.mul(inner(c), fromPlanes(b, spread, x));
    },
  }),
];

/** sign(x)·|x|ᵖ⁻¹ */
function inner({ b, x, attributes: { p } }: VjpContext<PowerAttributes>): Value {
  if (p === 1) return b.sign(x);
  return p === 2 ? x : b.mul(b.sign(x), b.pow(b.abs(x), p - 1));
}

/** g·y¹⁻ᵖ; 0 where all of a window is 0, which is the least of the norm. */
function outer({ b, g, y, attributes: { p } }: VjpContext<PowerAttributes>): Value {
  if (p === 1) return g;
  const positive = b.greater(y, b.scalar(0, y));
  const divisor = b.where(positive, y, b.shift(b.zerosLike(y), 1));
  return b.keep(positive, b.div(g, p === 2 ? divisor : b.pow(divisor, p - 1)));
}
