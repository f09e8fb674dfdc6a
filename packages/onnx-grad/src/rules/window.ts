import type { GraphBuilder, Value } from '../build/builder.js';
import { reshapeTo } from '../build/rows.js';
import { list } from '../graph/list.js';
import type { Dimension } from '../graph/types.js';
import { at, beginPad, endPad, exactPads, extent, knownPads, type Window } from '../graph/window.js';
import { taps } from './pooling-window.js';

/** The attributes that ConvTranspose and Conv share. The transpose of windows, which carries cotangents back, is ConvTranspose with the same numbers; all that needs care is that it gives exactly the input's size back. */
function shared(w: Window) {
  return { kernel_shape: w.kernel, strides: w.strides, dilations: w.dilations };
}

/**
 * The transpose of the windows over x, applied to g: each output position's cotangent is spread over the input positions
 * it was read from, weighted by `weight` ([channels of g, channels of x / group, ...kernel]). Has exactly x's spatial sizes.
 *
 * @param space x's spatial sizes
 * @param x a value with these sizes, asked at run time where they are not fixed
 */
export function transposeWindows(
  b: GraphBuilder,
  g: Value,
  weight: Value,
  w: Window,
  x: Value,
  space: readonly Dimension[],
  group = 1,
): Value {
  const known = knownPads(w, space);
  if (known !== undefined) {
    return b.node('ConvTranspose', [g, weight], {
      ...shared(w),
      group,
      pads: [...known.map(({ begin }) => begin), ...known.map(({ end }) => Math.max(end, 0))],
      output_padding: known.map(({ end }) => Math.max(-end, 0)),
    });
  }
  // Sizes known only at run time: spread over all that the windows can touch, then cut x's part out.
  let spread = b.node('ConvTranspose', [g, weight], { ...shared(w), group, output_padding: w.strides.map((stride) => stride - 1) });
  w.kernel.forEach((_, axis) => {
    const size = b.sizes(x, axis + 2, axis + 3);
    const begin = beginPad(w, axis);
    const from = begin === undefined ? computedBegin(b, g, size, w, axis) : b.ints([begin]);
    spread = b.sliceBetween(spread, axis + 2, from, b.add(from, size));
  });
  return spread;
}

/**
 * x with zeros around, and what is left to pad, so that windows over it lie where they did in the forward pass; where that depends on sizes
 * known only at run time, there may be more of them at the end.
 *
 * @param like a value of the model with the sizes of x
 * @param g a value with one position for each window
 */
export function padForWindows(b: GraphBuilder, x: Value, like: Value, g: Value, w: Window): { padded: Value; pads: number[] } {
  const known: { begin: number; end: number }[] = [];
  b.facts
    .dims(like)
    .slice(2)
    .forEach((size, axis) => {
      const [begin, end] = [beginPad(w, axis), endPad(w, axis)];
      if (typeof size === 'number') known.push(exactPads(w, axis, size));
      else if (begin !== undefined && end !== undefined) known.push({ begin, end });
    });
  if (known.length === w.kernel.length)
    return { padded: x, pads: [...known.map(({ begin }) => begin), ...known.map(({ end }) => Math.max(end, 0))] };
  const begins = w.kernel.map((_, axis) => computedBegin(b, g, b.sizes(like, axis + 2, axis + 3), w, axis));
  const ends = b.ints(w.kernel.map((_, axis) => extent(w, axis) - 1));
  return { padded: padSpace(b, x, b.concat(begins, 0), ends), pads: [...w.kernel, ...w.kernel].map(() => 0) };
}

/** Zeros around x along the axes of space; how many is computed (int64, one number an axis). */
export function padSpace(b: GraphBuilder, x: Value, begins: Value, ends: Value): Value {
  return b.pad(x, b.concat([b.ints([0, 0]), begins, b.ints([0, 0]), ends], 0));
}

/** The first positions along the axes of space, as many as a value of the model has. */
export function cutSpace(b: GraphBuilder, value: Value, like: Value): Value {
  return b.facts
    .dims(like)
    .slice(2)
    .reduce<Value>(
      (cut, size, axis) =>
        typeof size === 'number'
          ? b.slice(cut, axis + 2, 0, size)
          : b.sliceBetween(cut, axis + 2, b.ints([0]), b.sizes(like, axis + 2, axis + 3)),
      value,
    );
}

/** SAME padding at the begin of an axis for an input size known at run time: half of max((outputs − 1)·stride + extent − size, 0). */
function computedBegin(b: GraphBuilder, g: Value, size: Value, w: Window, axis: number): Value {
  const outputs = b.sizes(g, axis + 2, axis + 3);
  const spanned = b.add(b.mul(b.add(outputs, b.ints([-1])), b.ints([at(w.strides, axis)])), b.ints([extent(w, axis)]));
  const total = b.cast(b.atLeast(b.cast(b.sub(spanned, size), 'float32'), 0), 'int64');
  return b.div(w.autoPad === 'SAME_UPPER' ? total : b.add(total, b.ints([1])), b.ints([2]));
}

/** x with every channel as a batch entry of its own: [rows · channels, 1, ...spatial sizes]. */
export function planes(b: GraphBuilder, value: Value, like: Value, channels = 1): Value {
  return reshapeTo(b, value, [-1, channels, [like, 2, b.facts.rank(like)]]);
}

/**
 * Conv over planes with a constant kernel, one output position per window of the pool: [planes, outputs of the kernel, ...sizes of y].
 * Positions outside of the plane count as 0.
 */
export function convolvePlanes(b: GraphBuilder, plane: Value, weight: Value, w: Window, x: Value, y: Value): Value {
  const space = b.facts.dims(x).slice(2);
  const fixed = space.filter((size) => typeof size === 'number');
  if (fixed.length === space.length) {
    const pads = fixed.map((size, axis) => exactPads(w, axis, size));
    return b.node('Conv', [plane, weight], {
      ...shared(w),
      pads: [...pads.map(({ begin }) => begin), ...pads.map(({ end }) => Math.max(end, 0))],
    });
  }
  if (w.autoPad !== 'NOTSET') return b.node('Conv', [plane, weight], { ...shared(w), auto_pad: w.autoPad });
  const count = w.kernel.length;
  const extra = w.ceil ? 1 : 0;
  const pads = w.pads.map((pad, index) => (index < count ? pad : pad + extra * (at(w.strides, index - count) - 1)));
  const wide = b.node('Conv', [plane, weight], { ...shared(w), pads });
  return w.ceil ? cutSpace(b, wide, y) : wide;
}

/** Cotangents of planes back in the shape of x. */
export function fromPlanes(b: GraphBuilder, plane: Value, x: Value): Value {
  return reshapeTo(b, plane, [-1, [x, 1, b.facts.rank(x)]]);
}

/** Pairs of taps up to which a matrix over them is stored in the model's file. A window of 13 × 13 has 28 561; those are compared when the model is loaded. */
const MAX_PAIRS = 1024;

/** 1 for pairs of taps (row, column) whose numbers compare so, column to row; 0 for others. [taps, taps] in another shape. */
export function tapPairs(b: GraphBuilder, w: Window, like: Value, relation: 'equal' | 'less', shape: readonly number[]): Value {
  const count = taps(w);
  const holds = (column: number, row: number) => (relation === 'equal' ? column === row : column < row);
  if (count * count <= MAX_PAIRS)
    return b.constant(
      b.typeOf(like),
      shape,
      list(count * count, (pair) => Number(holds(pair % count, Math.floor(pair / count)))),
    );
  const numbers = (...dims: number[]) =>
    b.constant(
      'float32',
      dims,
      list(count, (tap) => tap),
    );
  return b.reshape(b.cast(b[relation](numbers(1, count), numbers(count, 1)), b.typeOf(like)), shape);
}

/** One-hot kernels: output channel i picks tap i of the window. [taps, 1, ...kernel] */
export function tapKernels(b: GraphBuilder, w: Window, like: Value): Value {
  return tapPairs(b, w, like, 'equal', [taps(w), 1, ...w.kernel]);
}

/** A kernel that sums the window. [1, 1, ...kernel] */
export function sumKernel(b: GraphBuilder, w: Window, like: Value): Value {
  return b.constant(
    b.typeOf(like),
    [1, 1, ...w.kernel],
    list(taps(w), () => 1),
  );
}
