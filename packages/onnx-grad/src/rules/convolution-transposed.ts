import type { Value } from '../build/builder.js';
import type { Attributes } from '../graph/attributes.js';
import { at, extent, half, type Window } from '../graph/window.js';
import { type ConvAttributes, convAttributes, convWindow } from './convolution-attributes.js';
import type { VjpContext } from './rule.js';
import { padSpace } from './window.js';

interface TransposedAttributes extends ConvAttributes {
  readonly outputPadding: readonly number[];
  readonly outputShape: readonly number[] | undefined;
}

export function transposedAttributes(a: Attributes): TransposedAttributes {
  return { ...convAttributes(a), outputPadding: a.ints('output_padding') ?? [], outputShape: a.ints('output_shape') };
}

/** The cotangent of a transposed convolution as windows see it that give x back. */
interface LaidOut {
  readonly g: Value;
  readonly w: Window;
}

/**
 * What a transposed convolution cuts off at both ends is padding to the convolution that takes cotangents back:
 * (inputs − 1)·stride + output_padding + extent positions less the size of the output, where auto_pad is SAME inputs·stride, or output_shape.
 */
export function laidOut(c: VjpContext<TransposedAttributes>): LaidOut {
  const { b, g, attributes } = c;
  const w = convWindow(c);
  const { outputPadding, outputShape } = attributes;
  const axes = [...w.kernel.keys()];
  if (outputShape === undefined) {
    if (!w.autoPad.startsWith('SAME')) return { g, w };
    const totals = axes.map((axis) => Math.max(extent(w, axis) + at(outputPadding, axis) - at(w.strides, axis), 0));
    return { g, w: cropped(w, totals) };
  }
  const sizes = outputShape.slice(-axes.length);
  const extra = axes.map((axis) => extent(w, axis) + at(outputPadding, axis) - at(w.strides, axis) - at(sizes, axis));
  const space = c.dims(c.x).slice(2);
  const fixed = space.filter((size) => typeof size === 'number');
  if (fixed.length === space.length) {
    const totals = fixed.map((size, axis) => Math.max(size * at(w.strides, axis) + at(extra, axis), 0));
    return { g, w: cropped(w, totals) };
  }
  const spanned = b.mul(b.sizes(c.x, 2), b.ints(w.strides));
  const total = b.cast(b.atLeast(b.cast(b.add(spanned, b.ints(extra)), 'float32'), 0), 'int64');
  const less = b.div(total, b.ints([2]));
  const more = b.sub(total, less);
  const [begin, end] = w.autoPad === 'SAME_UPPER' ? [less, more] : [more, less];
  return {
    g: padSpace(b, g, begin, end),
    w: cropped(
      w,
      axes.map(() => 0),
    ),
  };
}

/** The window with halves of what is cut off as its pads. */
function cropped(w: Window, totals: readonly number[]): Window {
  const begins = totals.map((total) => half(total, w));
  return { ...w, autoPad: 'NOTSET', pads: [...begins, ...totals.map((total, axis) => total - at(begins, axis))] };
}
