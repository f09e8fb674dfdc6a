import type { GraphBuilder, Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { shapeOf, sizesOf } from '../build/rows.js';
import type { Dimension } from '../graph/types.js';
import { at, type Window } from '../graph/window.js';
import { composite, type Expansion } from './composite.js';
import { type ConvAttributes, convAttributes, convWindow } from './convolution-attributes.js';
import type { Rule } from './rule.js';

interface DeformAttributes extends ConvAttributes {
  readonly offsetGroup: number;
}

/** Convolution with offsets. */
export const deformRules: readonly Rule[] = [
  // Each tap of each window reads x at a position of its own, between pixels and 0 outside, as GridSample does; over what was read, times the mask, the
  // convolution is a product of matrices. Inputs: x [rows, C, h, w], W [O, C / group, kh, kw], offset [rows, groups·taps·2, oh, ow], B [O], mask [rows, groups·taps, oh, ow].
  composite('DeformConv', {
    since: 19,
    attributes: (a): DeformAttributes => ({ ...convAttributes(a), offsetGroup: a.int('offset_group', 1) }),
    rows: ({ wanted, attributes }) => attributes.offsetGroup === 1 && !wanted.has(1) && !wanted.has(3),
    expand: (e) => {
      const { x } = e;
      if (e.rank(x) !== 4) throw e.refuse('x', `of rank ${e.rank(x)}`, 'of rank 4: images');
      if (e.opset < 20 && e.b.typeOf(x) === 'float64')
        throw e.refuse('x', `float64 in operator set ${e.opset}`, 'float32 before operator set 20, which brought GridSample for it');
      const w = convWindow(e);
      const { offsetGroup } = e.attributes;
      const taps = at(w.kernel, 0) * at(w.kernel, 1);
      const [, , oh = '', ow = ''] = e.dims(e.y);
      const parts = channelParts(e);
      const [all = '', channels = ''] = e.dims(parts);
      const lines = [all, channels, times(oh, taps), ow];
      const mode = e.opset < 20 ? 'bilinear' : 'linear';
      const read = e.emit('GridSample', [parts, grid(e, w, taps)], { mode, padding_mode: 'zeros', align_corners: 0 }, lines);
      const taken = masked(e, read, taps, lines);
      return [biased(e, product(e, taken, times(channels, offsetGroup * taps)))];
    },
  }),
];

/** x, the channels of each group of offsets as rows of their own. */
function channelParts(e: Expansion<DeformAttributes>): Value {
  const { b, x } = e;
  const { offsetGroup, group } = e.attributes;
  if (offsetGroup === 1) return x;
  const [rows = '', ...space] = e.dims(x).filter((_, axis) => axis !== 1);
  const perGroup = e.dims(e.input(1))[1];
  if (typeof perGroup !== 'number') throw e.refuse('the number of channels', `'${perGroup}', known only at run time`, 'fixed');
  const channels = (perGroup * group) / offsetGroup;
  return e.emit('Reshape', [x, shapeOf(b, [-1, channels, [x, 2, 4]])], {}, [times(rows, offsetGroup), channels, ...space]);
}

/** A dimension times another, by name where one is a symbol. */
function times(size: Dimension, factor: Dimension): Dimension {
  if (typeof size === 'number' && typeof factor === 'number') return size * factor;
  return factor === 1 ? size : `${size}·${factor}`;
}

/** One of so many equal parts of a dimension. */
function part(size: Dimension, parts: number): Dimension {
  if (typeof size === 'number') return size / parts;
  return parts === 1 ? size : `${size}/${parts}`;
}

/** Where the taps read, as GridSample counts: x before y, from −1 to 1 over the pixels with their borders. [rows · groups, taps · oh, ow, 2] */
function grid(e: Expansion<DeformAttributes>, w: Window, taps: number): Value {
  const { b, x, y } = e;
  const [rows = '', , oh = '', ow = ''] = e.dims(y);
  const all = times(rows, e.attributes.offsetGroup);
  const dims = [all, taps, 2, oh, ow];
  const offset = e.emit('Reshape', [e.input(2), shapeOf(b, [-1, taps, 2, [y, 2, 4]])], {}, dims);
  const pixels = b.cast(b.reshape(sizesOf(b, x, 2, 4), [2, 1, 1]), b.typeOf(offset));
  const scale = b.div(b.scalar(2, offset), pixels);
  const from = e.add(offset, windowPositions(b, w, y, offset), dims);
  const scaled = e.add(e.mul(from, scale, dims), b.shift(b.scale(scale, 0.5), -1), dims);
  const last = e.emit('Transpose', [scaled], { perm: [0, 1, 3, 4, 2] }, [all, taps, oh, ow, 2]);
  const xy = e.emit('Gather', [last, b.ints([1, 0])], { axis: 4 });
  return e.emit('Reshape', [xy, shapeOf(b, [0, -1, [y, 3, 4], 2])], {}, [all, times(oh, taps), ow, 2]);
}

/** Where the taps would read without offsets: [taps, 2, oh, ow]. */
function windowPositions(b: GraphBuilder, w: Window, y: Value, like: Value): Value {
  const [height = 0, width = 0] = w.kernel;
  const taps = Array.from({ length: height * width }, (_, tap) => [Math.floor(tap / width), tap % width]);
  const along = [0, 1].map((axis) => {
    const inWindow = taps.map((tap) => at(tap, axis) * at(w.dilations, axis) - at(w.pads, axis));
    const windows = b.mul(positions(b, y, axis + 2), b.ints([at(w.strides, axis)]));
    const laid = axis === 0 ? b.unsqueeze(windows, [1]) : windows;
    const all = b.add(b.constant('int64', [taps.length, 1, 1], inWindow), laid);
    return b.unsqueeze(b.expand(all, shapeOf(b, [taps.length, [y, 2, 4]])), [1]);
  });
  return b.cast(b.concat(along, 1), b.typeOf(like));
}

/** What was read times the mask, where there is one. */
function masked(e: Expansion<DeformAttributes>, read: Value, taps: number, lines: readonly Dimension[]): Value {
  const mask = e.optional(4);
  if (mask === undefined) return read;
  const { b, y } = e;
  const [all = '', , rows = '', ow = ''] = lines;
  const perTap = e.emit('Reshape', [mask, shapeOf(b, [-1, taps, [y, 2, 4]])], {}, [all, taps, ...e.dims(y).slice(2)]);
  return e.mul(read, e.emit('Reshape', [perTap, shapeOf(b, [0, 1, -1, [y, 3, 4]])], {}, [all, 1, rows, ow]), lines);
}

/** The weights times what the taps read: of each group a product over its channels and taps, at all positions. */
function product(e: Expansion<DeformAttributes>, read: Value, channels: Dimension): Value {
  const { b, y } = e;
  const { group } = e.attributes;
  const [rows = '', outputs = '', oh = '', ow = ''] = e.dims(y);
  const positions = times(oh, ow);
  const flat = e.emit('Flatten', [e.input(1)], { axis: 1 }, [outputs, part(channels, group)]);
  const weight = e.emit('Reshape', [flat, shapeOf(b, [group, -1, [flat, 1, 2]])], {}, [group, part(outputs, group), part(channels, group)]);
  const dims = [rows, group, part(channels, group), positions];
  const columns = e.emit('Reshape', [read, shapeOf(b, [[y, 0, 1], group, [flat, 1, 2], -1])], {}, dims);
  const made = e.emit('MatMul', [weight, columns], {}, [rows, group, part(outputs, group), positions]);
  return e.emit('Reshape', [made, shapeOf(b, [[y, 0, 4]])], {}, e.dims(y));
}

function biased(e: Expansion<DeformAttributes>, value: Value): Value {
  const bias = e.optional(3);
  if (bias === undefined) return value;
  return e.add(value, e.emit('Reshape', [bias, e.b.ints([-1, 1, 1])], {}, [e.dims(e.y)[1] ?? '', 1, 1]));
}
