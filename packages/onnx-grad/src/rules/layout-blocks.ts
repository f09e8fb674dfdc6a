import type { Value } from '../build/builder.js';
import { reshapeRows, reshapeTo, type ShapePart, sizesOf } from '../build/rows.js';
import { list } from '../graph/list.js';
import { windowAttributes, windowOf } from '../graph/window.js';
import { rowsLike } from './indexing-places.js';
import { identityOf } from './resize-axis.js';
import { always, type Rule, rule, type VjpContext } from './rule.js';
import { planes, tapKernels } from './window.js';

/** Copies, blocks and orders of elements. */
export const blockRules: readonly Rule[] = [
  rule('Tile', {
    inputs: [0],
    rows: (c) => c.rank(c.x) > 0 && c.facts.graph.constant(c.input(1))?.data[0] === 1,
    vjp: (c) => {
      const repeats = c.facts.graph.constant(c.input(1))?.data;
      return repeats === undefined ? sumOfComputedTiles(c) : sumOfTiles(c, repeats);
    },
  }),
  // SpaceToDepth has the one order of blocks (DCR); that of pixel shuffling (CRD) takes the steps one by one.
  rule('DepthToSpace', {
    attributes: (a) => ({ mode: a.choice('mode', 'DCR', ['DCR', 'CRD']), size: a.int('blocksize', 1) }),
    rows: always,
    vjp: ({ b, g, x, y, attributes: { mode, size } }) => {
      if (mode === 'DCR') return b.node('SpaceToDepth', [g], { blocksize: size });
      const blocks = reshapeTo(b, g, [-1, [y, 1, 2], [x, 2, 3], size, [x, 3, 4], size]);
      return reshapeRows(b, b.transpose(blocks, [0, 1, 3, 5, 2, 4]), x);
    },
  }),
  rule('SpaceToDepth', {
    attributes: (a) => ({ size: a.int('blocksize', 1) }),
    rows: always,
    vjp: ({ b, g, attributes: { size } }) => b.node('DepthToSpace', [g], { blocksize: size }),
  }),
  // The elements of a triangle get theirs, the others get zeros.
  rule('Trilu', {
    inputs: [0],
    rows: (c) => c.rank(c.x) > 2,
    vjp: ({ b, g, node }) => b.again(node, [g, ...node.inputs.slice(1)]),
  }),
  // What is turned round twice is as it was.
  rule('ReverseSequence', {
    attributes: (a) => ({ batch: a.int('batch_axis', 1) }),
    inputs: [0],
    rows: (c) => c.attributes.batch === 0,
    vjp: ({ b, g, node, ...c }) => {
      const lengths = node.inputs[1] ?? '';
      return b.again(node, [g, c.attributes.batch === 0 ? rowsLike(b, lengths, g) : lengths]);
    },
  }),
  // What was cropped gets zeros, and zeros around are cropped again; both are halved alike.
  rule('CenterCropPad', {
    attributes: (a) => ({ axes: a.ints('axes') }),
    inputs: [0],
    rows: (c) => c.attributes.axes?.every((axis) => c.axis(axis) > 0) ?? false,
    vjp: (c) => {
      const { b, x } = c;
      const axes = c.attributes.axes?.map((axis) => c.axis(axis));
      return b.again(c.node, [c.g, axes === undefined ? sizesOf(b, x, 0) : b.gather(b.shape(x), b.ints(axes), 0)]);
    },
  }),
  // Blocks are added up into an image: each block's cotangent is what lies under it, taken by kernels with a single 1.
  rule('Col2Im', {
    attributes: windowAttributes,
    inputs: [0],
    rows: always,
    vjp: (c) => {
      const { b, g, x, y } = c;
      const block = c.facts.graph.constant(c.input(2))?.data;
      const w = windowOf(c.attributes, block ?? list(c.rank(y) - 2, () => 1));
      const { strides, pads, dilations } = w;
      const kernels = block === undefined ? computedKernels(c) : tapKernels(b, w, g);
      const taken = b.node('Conv', [planes(b, g, y), kernels], { strides, pads, dilations });
      return reshapeRows(b, taken, x);
    },
  }),
];

/** Kernels with a single 1 for a block whose size is known only at run time: [elements of the block, 1, ...block]. */
function computedKernels({ b, g, ...c }: VjpContext<unknown>): Value {
  const block = c.node.inputs[2] ?? '';
  const count = b.node('ReduceProd', [block], { keepdims: 1 });
  return b.reshape(identityOf(b, count, g), b.concat([count, b.ints([1]), block], 0));
}

/** [repeats, size, repeats, size, …], summed over the repeats. */
function sumOfTiles(c: VjpContext<unknown>, repeats: readonly number[]): Value {
  const { b, g, x } = c;
  const parts: ShapePart[] = [];
  const copies: number[] = [];
  repeats.forEach((count, axis) => {
    if (count !== 1) copies.push(parts.push(count) - 1);
    parts.push(axis === 0 && count === 1 ? -1 : [x, axis, axis + 1]);
  });
  return copies.length === 0 ? g : b.sum(reshapeTo(b, g, parts), copies, false);
}

/** The same for repeats known only at run time. */
function sumOfComputedTiles({ b, g, x, ...c }: VjpContext<unknown>): Value {
  const pairs = b.concat([b.unsqueeze(c.node.inputs[1] ?? '', [1]), b.unsqueeze(b.shape(x), [1])], 1);
  const copies = b.facts.dims(x).map((_, axis) => 2 * axis);
  return b.sum(b.reshape(g, b.reshape(pairs, [-1])), copies, false);
}
