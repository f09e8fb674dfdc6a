import type { GraphBuilder, Value } from '../build/builder.js';
import { range } from '../build/indices.js';
import { list } from '../graph/list.js';
import { type RuleContext, rule, type VjpContext } from './rule.js';
import { type Axis, fitAxis, isAxis, onesided, type Size, scaleBySize, sizeOfAxis, sizeValue } from './transform-axis.js';

interface DftAttributes {
  readonly inverse: boolean;
  readonly onesided: boolean;
  readonly axis: number;
}

/**
 * y = F·x with Fₖₙ = exp(−2πikn/N), complex numbers being pairs along the last axis: x gets the conjugate of F times g, which is N times the inverse
 * transform; and through the inverse one 1/N times the forward transform. Frequencies that are left out have no cotangent, a real x no imaginary one.
 */
export const dftRule = rule('DFT', {
  since: 17,
  attributes: (a): DftAttributes => ({
    inverse: a.int('inverse', 0) !== 0,
    onesided: a.int('onesided', 0) !== 0,
    axis: a.int('axis', 1),
  }),
  inputs: [0],
  rows: (c) => {
    const axis = axisOf(c);
    return typeof axis === 'number' && axis > 0;
  },
  vjp: (c) => {
    const { b, g, x, attributes } = c;
    const [axis, rank] = [axisOf(c), c.rank(x)];
    if (attributes.onesided && attributes.inverse) return toHalfSpectrum(c, axis);
    const length = lengthOf(c, axis);
    const whole = attributes.onesided ? fitAxis(b, g, rank, axis, onesided(b, length), length) : g;
    const turned = scaleBySize(b, dft(b, whole, axis, { inverse: attributes.inverse ? 0 : 1 }), length, attributes.inverse);
    return fitAxis(b, realPart(c, turned), rank, axis, length, sizeOfAxis(b, x, axis));
  },
});

/** The axis is an attribute up to operator set 19, and an input from 20 on. */
function axisOf(c: RuleContext<DftAttributes>): Axis {
  if (c.opset < 20) return c.axis(c.attributes.axis);
  const input = c.optional(2);
  const constant = input === undefined ? [-2] : c.facts.graph.constant(input)?.data;
  return constant === undefined ? c.input(2) : c.axis(constant[0] ?? -2);
}

/** A transform along an axis, in either form of the operator. */
export function dft(
  b: GraphBuilder,
  value: Value,
  axis: Axis,
  attributes: { readonly inverse?: number; readonly onesided?: number },
): Value {
  if (typeof axis === 'string') return b.node('DFT', [value, '', axis], attributes);
  if (b.opset < 20) return b.node('DFT', [value], { ...attributes, axis });
  return b.node('DFT', [value, '', b.constant('int64', [], [axis])], attributes);
}

/** How many numbers are transformed: dft_length, else all of the axis. */
function lengthOf(c: VjpContext<DftAttributes>, axis: Axis): Size {
  const { b } = c;
  const given = c.optional(1);
  if (given !== undefined) return b.graph.constant(given)?.data[0] ?? b.reshape(b.cast(given, 'int64'), [1]);
  return sizeOfAxis(b, c.x, axis);
}

/** Of a pair of cotangents, what x has numbers for. */
function realPart(c: VjpContext<DftAttributes>, pairs: Value): Value {
  const { b, x } = c;
  const last = c.rank(x) - 1;
  const parts = sizeOfAxis(b, x, last);
  return parts === 2 ? pairs : b.sliceBetween(pairs, last, b.ints([0]), sizeValue(b, parts));
}

/** A real y from half of its spectrum: each frequency stands for its conjugate, too, but for the first and, of an even number, the middle one. */
function toHalfSpectrum(c: VjpContext<DftAttributes>, axis: Axis): Value {
  const { b, g, x } = c;
  const [rank, length] = [c.rank(x), sizeOfAxis(b, c.y, axis)];
  const bins = onesided(b, length);
  const bin = typeof bins === 'number' ? b.ints(list(bins, (index) => index)) : range(b, 0, bins, 1);
  const alone = b.or(b.equal(bin, b.ints([0])), b.equal(b.mul(bin, b.ints([2])), sizeValue(b, length)));
  const times = b.sub(b.scalar(2, g), b.cast(alone, b.typeOf(g)));
  const column =
    typeof axis === 'number' ? list(rank, (each) => (each === axis ? -1 : 1)) : b.sub(b.ints([1]), b.scale(isAxis(b, rank, axis), 2));
  const spectrum = scaleBySize(b, b.mul(dft(b, g, axis, { onesided: 1 }), b.reshape(times, column)), length, true);
  return fitAxis(b, spectrum, rank, axis, bins, sizeOfAxis(b, x, axis));
}
