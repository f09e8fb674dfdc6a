import type { GraphBuilder, Value } from '../build/builder.js';
import type { VjpContext } from './rule.js';

/** Numbers brought to mean 0 and variance 1 along axes, and what they were multiplied by for it: r = 1 / √(variance + ε). */
export interface Standardized {
  readonly normal: Value;
  readonly r: Value;
  readonly axes: readonly number[];
  readonly centred: boolean;
}

/** Half precision is computed in single, as the operators that normalise do themselves: a mean of many squares needs it. */
export function wide(b: GraphBuilder, x: Value): Value {
  return ['float16', 'bfloat16'].includes(b.typeOf(x)) ? b.cast(x, 'float32') : x;
}

/** @param centred whether the mean is taken away; else r is that of the mean square */
export function standardize(b: GraphBuilder, x: Value, axes: readonly number[], epsilon: number, centred = true): Standardized {
  const numbers = wide(b, x);
  const apart = centred ? b.sub(numbers, b.mean(numbers, axes)) : numbers;
  const r = b.node('Reciprocal', [b.sqrt(b.shift(b.mean(b.mul(apart, apart), axes), epsilon))]);
  return { normal: b.mul(apart, r), r, axes, centred };
}

/** The cotangent of x from g, the one of its normal numbers: r · (g − mean g − normal · mean(g ⊙ normal)). */
export function standardizedVjp(b: GraphBuilder, g: Value, { normal, r, axes, centred }: Standardized): Value {
  const apart = centred ? b.sub(g, b.mean(g, axes)) : g;
  return b.mul(r, b.sub(apart, b.mul(normal, b.mean(b.mul(g, normal), axes))));
}

/** from, from + 1, …, to − 1 */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** A parameter of each channel as it meets x: [channels, 1, …]. */
export function perChannel(c: VjpContext<unknown>, parameter: Value): Value {
  return c.b.unsqueeze(wide(c.b, parameter), range(1, c.rank(c.x) - 1));
}

/** The sum of what each channel's parameter met. */
export function overChannel(c: VjpContext<unknown>, value: Value): Value {
  return c.b.sum(value, [0, ...range(2, c.rank(c.x))], false);
}

/** A cotangent in the type of the input that it belongs to. */
export function like(c: VjpContext<unknown>, input: number, cotangent: Value): Value {
  return c.b.cast(cotangent, c.b.typeOf(c.input(input)));
}
