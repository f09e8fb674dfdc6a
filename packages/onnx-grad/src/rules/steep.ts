import type { GraphBuilder, Value } from '../build/builder.js';

/** A HardSigmoid of this slope is a step: on the slope itself lies no number of float32 but some that are not normal. */
const STEEP = 2 ** 100;

/** Exponent of the largest power of two in float32. */
const LARGEST = 127;

/** Whether a HardSigmoid is a step, through which no gradient flows. */
export function isStep(alpha: number): boolean {
  return Math.abs(alpha) >= STEEP;
}

/**
 * 1 where x lies above a bound (or below it), 0 elsewhere, as one HardSigmoid, max(0, min(1, α·x + β)) with α = ±2ⁿ and β = ∓2ⁿ · bound, which float32
 * computes without rounding. ONNX Runtime leaves feature maps in blocks of channels for it, where a comparison would turn them all and back.
 *
 * @returns undefined where x is not float32, or the bound no constant in range
 */
export function above(b: GraphBuilder, x: Value, bound: Value): Value | undefined {
  return step(b, x, bound, 1);
}

/** 1 where x lies below a bound: see `above`. */
export function below(b: GraphBuilder, x: Value, bound: Value): Value | undefined {
  return step(b, x, bound, -1);
}

function step(b: GraphBuilder, x: Value, bound: Value, sign: 1 | -1): Value | undefined {
  const at = b.constantOf(bound)?.data;
  if (at?.length !== 1 || b.typeOf(x) !== 'float32') return undefined;
  const number = Number(at[0]);
  // As steep as β allows, which must be finite.
  const exponent = LARGEST - 1 - (number === 0 ? 0 : Math.max(0, Math.ceil(Math.log2(Math.abs(number)))));
  const alpha = sign * 2 ** exponent;
  return isStep(alpha) ? b.node('HardSigmoid', [x], { alpha: { float: alpha }, beta: { float: -alpha * number } }) : undefined;
}
