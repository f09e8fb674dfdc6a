import type { GraphBuilder, Value } from '../build/builder.js';

/** How GridSample reads between and outside of the pixels. */
export interface SamplingAttributes {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly padding: 'zeros' | 'border' | 'reflection';
  readonly alignCorners: boolean;
}

/** Where samples lie along an axis, in pixels from the first. */
export interface Position {
  readonly at: Value;
  /** d position / d number of the grid. */
  readonly slope: Value;
  /** Pixels along the axis, as a scalar in the element type of the grid. */
  readonly size: Value;
}

/** One pixel along one axis that a sample reads, for all samples at once: [rows, 1, samples]. */
export interface Tap {
  /** Its position, int64, within the image. */
  readonly index: Value;
  /** How much of it is read: 0 outside of the image where that is zeros. */
  readonly weight: Value;
  /** d weight / d position. */
  readonly slope: Value;
}

/** Positions from the grid's numbers, −1 … 1: from the first pixel's centre to the last one's or, else, from edge to edge. */
export function positionOf(b: GraphBuilder, grid: Value, size: Value, { alignCorners }: SamplingAttributes): Position {
  const slope = b.scale(alignCorners ? b.shift(size, -1) : size, 0.5);
  const from = b.mul(b.shift(grid, 1), slope);
  return { at: alignCorners ? from : b.shift(from, -0.5), slope, size };
}

/** The pixels that samples read along an axis. */
export function tapsOf(b: GraphBuilder, { at, size }: Position, a: SamplingAttributes): Tap[] {
  const constant = (value: number) => b.scalar(value, at);
  const tap = (pixel: Value, weight: Value, slope: Value): Tap => {
    const index = indexOf(b, pixel, size, a);
    if (a.padding !== 'zeros') return { index, weight, slope };
    const inside = b.and(b.greater(pixel, constant(-0.5)), b.less(pixel, b.shift(size, -0.5)));
    return { index, weight: b.keep(inside, weight), slope: b.keep(inside, slope) };
  };
  if (a.mode === 'nearest') return [tap(b.node('Round', [at]), constant(1), constant(0))];
  const low = b.node('Floor', [at]);
  const right = b.sub(at, low);
  const left = b.sub(constant(1), right);
  if (a.mode === 'cubic') return cubic(b, left, right).map(({ value, slope }, index) => tap(b.shift(low, index - 1), value, slope));
  const one = a.padding === 'zeros' ? constant(1) : b.keep(b.not(atEdge(b, low, right, size, a)), constant(1));
  return [tap(low, left, b.neg(one)), tap(b.shift(low, 1), right, one)];
}

/** Pixels outside of the image as its outermost ones, or as its mirror image. */
function indexOf(b: GraphBuilder, pixel: Value, size: Value, a: SamplingAttributes): Value {
  const inside = a.padding === 'reflection' ? reflected(b, pixel, size, a) : pixel;
  return b.cast(b.node('Clip', [inside, b.scalar(0, pixel), b.shift(size, -1)]), 'int64');
}

/** A wave of triangles: first + span − |m − span|, where m is the distance from the first position, modulo 2 · span. */
function reflected(b: GraphBuilder, at: Value, size: Value, { alignCorners }: SamplingAttributes): Value {
  const [first, span] = alignCorners ? [0, b.shift(size, -1)] : [-0.5, size];
  const distance = b.shift(at, -first);
  const period = b.scale(span, 2);
  const modulo = b.sub(distance, b.mul(b.node('Floor', [b.div(distance, period)]), period));
  return b.shift(b.sub(span, b.abs(b.sub(modulo, span))), first);
}

/** Samples at the very centre of an outermost pixel, beyond which the image goes on flat or backwards: their derivative is 0. */
function atEdge(b: GraphBuilder, low: Value, right: Value, size: Value, a: SamplingAttributes): Value {
  const index = b.cast(indexOf(b, low, size, a), b.typeOf(low));
  const outermost = b.or(b.equal(index, b.scalar(0, low)), b.equal(index, b.shift(size, -1)));
  return b.and(outermost, b.equal(right, b.scalar(0, low)));
}

/** A polynomial and its derivative by the position. */
interface Kernel {
  readonly value: Value;
  readonly slope: Value;
}

/** Keys' coefficient as PyTorch and ONNX Runtime have it. */
const CUBIC = -0.75;

/** The weights of four pixels, by their distances; those to the right shrink as the position grows. */
function cubic(b: GraphBuilder, left: Value, right: Value): Kernel[] {
  const outer = [-4 * CUBIC, 8 * CUBIC, -5 * CUBIC, CUBIC];
  const inner = [1, 0, -(CUBIC + 3), CUBIC + 2];
  return [
    polynomial(b, b.shift(right, 1), outer, 1),
    polynomial(b, right, inner, 1),
    polynomial(b, left, inner, -1),
    polynomial(b, b.shift(left, 1), outer, -1),
  ];
}

/** @param coefficients of x⁰, x¹, … @param sign d x / d position */
function polynomial(b: GraphBuilder, x: Value, coefficients: readonly number[], sign: 1 | -1): Kernel {
  const horner = (terms: readonly number[]) =>
    terms.slice(0, -1).reduceRight((sum, term) => b.shift(b.mul(sum, x), term), b.scalar(terms.at(-1) ?? 0, x));
  return { value: horner(coefficients), slope: horner(coefficients.map((term, power) => sign * term * power).slice(1)) };
}
