import type { GraphBuilder, Value } from '../build/builder.js';
import { reshapeTo } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import type { Dimension } from '../graph/types.js';

/**
 * Sliding windows, which convolutions and pools share. Output position o of an axis reads the input positions
 * o·stride − padBegin + i·dilation, i = 0 … kernel − 1. The transpose of that, which carries cotangents back, is
 * ConvTranspose with the same numbers; all that needs care is that it gives exactly the input's size back.
 */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins of all axes, then ends. Zeros where `autoPad` decides. */
  readonly pads: readonly number[];
  readonly autoPad: 'NOTSET' | 'VALID' | 'SAME_UPPER' | 'SAME_LOWER';
  /** Whether a window that begins inside may end outside of the padded input. */
  readonly ceil: boolean;
}

/** The window attributes of a node; `kernel_shape` may come from a weight instead. */
export interface WindowAttributes extends Omit<Window, 'kernel' | 'strides' | 'dilations' | 'pads'> {
  readonly kernel: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
}

export function windowAttributes(a: Attributes): WindowAttributes {
  return {
    kernel: a.ints('kernel_shape'),
    strides: a.ints('strides'),
    dilations: a.ints('dilations'),
    pads: a.ints('pads'),
    autoPad: a.choice('auto_pad', 'NOTSET', ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER']),
    ceil: a.int('ceil_mode', 0) === 1,
  };
}

/** The window with its defaults filled in for a kernel of known size. */
export function windowOf(attributes: WindowAttributes, kernel: readonly number[]): Window {
  const ones = kernel.map(() => 1);
  const { strides = ones, dilations = ones, autoPad, ceil } = attributes;
  const pads = autoPad === 'NOTSET' ? (attributes.pads ?? [...kernel, ...kernel].map(() => 0)) : [...kernel, ...kernel].map(() => 0);
  return { kernel, strides, dilations, pads, autoPad, ceil };
}

const at = (list: readonly number[], index: number): number => list[index] ?? 0;

/** Positions that a window spans along an axis. */
export function extent(w: Window, axis: number): number {
  return at(w.dilations, axis) * (at(w.kernel, axis) - 1) + 1;
}

/** Whether windows may reach outside of the input. */
export function reachesOutside(w: Window): boolean {
  return w.ceil || w.autoPad.startsWith('SAME') || w.pads.some((pad) => pad !== 0);
}

/** Padding at the begin of an axis, where it is fixed without knowing the input's size. */
function beginPad(w: Window, axis: number): number | undefined {
  if (!w.autoPad.startsWith('SAME')) return at(w.pads, axis);
  if (at(w.strides, axis) !== 1) return undefined;
  return half(extent(w, axis) - 1, w);
}

/** The begin's share of a SAME padding: the odd one goes to the end for SAME_UPPER. */
function half(total: number, w: Window): number {
  return w.autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
}

/** How many windows an axis of this size has. */
export function windowCount(w: Window, axis: number, size: number): number {
  const stride = at(w.strides, axis);
  if (w.autoPad.startsWith('SAME')) return Math.ceil(size / stride);
  const begin = at(w.pads, axis);
  const room = size + begin + at(w.pads, axis + w.kernel.length) - extent(w, axis);
  if (!w.ceil) return Math.floor(room / stride) + 1;
  const count = Math.ceil(room / stride) + 1;
  // A window that would begin in the padding at the end is dropped.
  return (count - 1) * stride >= size + begin ? count - 1 : count;
}

/** Begin and end padding with which `count` windows span an axis of this size exactly; the end may be negative. */
function exactPads(w: Window, axis: number, size: number): { begin: number; end: number } {
  const spanned = (windowCount(w, axis, size) - 1) * at(w.strides, axis) + extent(w, axis);
  const begin = beginPad(w, axis) ?? half(Math.max(spanned - size, 0), w);
  return { begin, end: spanned - begin - size };
}

/** The attributes that ConvTranspose and Conv share. */
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
  const sized = space.map((size, axis) => {
    if (typeof size === 'number') return exactPads(w, axis, size);
    const begin = beginPad(w, axis);
    // With stride 1 the windows span every size exactly.
    if (at(w.strides, axis) === 1 && begin !== undefined) {
      const end = w.autoPad.startsWith('SAME') ? extent(w, axis) - 1 - begin : at(w.pads, axis + w.kernel.length);
      return { begin, end };
    }
    return undefined;
  });
  const known = sized.filter((pads) => pads !== undefined);
  if (known.length === sized.length) {
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
  let wide = b.node('Conv', [plane, weight], { ...shared(w), pads });
  if (w.ceil) for (let axis = 2; axis < count + 2; axis++) wide = b.sliceBetween(wide, axis, b.ints([0]), b.sizes(y, axis, axis + 1));
  return wide;
}

/** Cotangents of planes back in the shape of x. */
export function fromPlanes(b: GraphBuilder, plane: Value, x: Value): Value {
  return reshapeTo(b, plane, [-1, [x, 1, b.facts.rank(x)]]);
}

/** One-hot kernels: output channel i picks tap i of the window. [taps, 1, ...kernel] */
export function tapKernels(b: GraphBuilder, w: Window, like: Value): Value {
  const taps = w.kernel.reduce((product, size) => product * size, 1);
  const data = Array.from({ length: taps * taps }, (_, index) => (Math.floor(index / taps) === index % taps ? 1 : 0));
  return b.constant(b.typeOf(like), [taps, 1, ...w.kernel], data);
}

/** A kernel that sums the window. [1, 1, ...kernel] */
export function sumKernel(b: GraphBuilder, w: Window, like: Value): Value {
  const taps = w.kernel.reduce((product, size) => product * size, 1);
  return b.constant(b.typeOf(like), [1, 1, ...w.kernel], new Array<number>(taps).fill(1));
}
