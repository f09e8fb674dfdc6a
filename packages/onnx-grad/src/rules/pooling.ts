import type { GraphBuilder, Value } from '../build/builder.js';
import { range } from '../build/indices.js';
import { expandEntry, expandRows, inverseCount, onesOverSpace, reshapeRows, reshapeTo, shapeOf, sizesOf } from '../build/rows.js';
import { sizeOf } from '../graph/facts.js';
import { extent, reachesOutside, type Window, type WindowAttributes, windowAttributes, windowOf } from '../graph/window.js';
import { always, type Rule, rule, type VjpContext } from './rule.js';
import { convolvePlanes, fromPlanes, planes, sumKernel, tapKernels, transposeWindows } from './window.js';

interface PoolAttributes {
  readonly window: WindowAttributes;
  readonly countIncludePad: boolean;
}

/** Pools. x: [rows, channels, ...space]. */
export const poolingRules: readonly Rule[] = [
  rule('GlobalAveragePool', {
    rows: always,
    vjp: ({ b, g, x }) => expandRows(b, b.mul(g, inverseCount(b, x, spatialAxes(b, x))), x, spatialAxes(b, x)),
    entry: ({ b, x }, { index, value }) => ({ index, value: expandEntry(b, b.mul(value, inverseCount(b, x, spatialAxes(b, x))), x) }),
  }),
  // The gradient goes to the maximum, the first one where there are several.
  rule('GlobalMaxPool', {
    rows: always,
    vjp: ({ b, g, x }) => {
      const flat = reshapeTo(b, x, [0, 0, -1]);
      const first = b.argmax(flat, 2);
      const size = planeSize(b, x);
      const position = size === undefined ? range(b, 0, b.sizes(flat, 2, 3), 1) : b.ints(Array.from({ length: size }, (_, index) => index));
      const spread = b.keep(b.equal(position, first), reshapeTo(b, g, [0, 0, 1]));
      return reshapeRows(b, spread, x);
    },
  }),
  rule('AveragePool', {
    attributes: (a): PoolAttributes => ({ window: windowAttributes(a), countIncludePad: a.int('count_include_pad', 0) === 1 }),
    rows: always,
    vjp: (c) => {
      const { b, g, x, y } = c;
      const w = windowFrom(c);
      const share = reachesOutside(w) ? b.mul(g, windowShare(c, w)) : b.scale(g, 1 / taps(w));
      const spread = transposeWindows(b, planes(b, share, y), sumKernel(b, w, x), w, x, c.dims(x).slice(2));
      return fromPlanes(b, spread, x);
    },
  }),
  rule('MaxPool', {
    attributes: (a): PoolAttributes => ({ window: windowAttributes(a), countIncludePad: false }),
    rows: always,
    vjp: (c) => {
      const w = windowFrom(c);
      const apart = w.kernel.every((_, axis) => (w.strides[axis] ?? 1) >= extent(w, axis));
      // Where windows overlap, their cotangents meet and must be added: ScatterElements does so from operator set 16 on.
      if (c.opset >= 16 || (c.opset >= 11 && apart)) return scatterToMaximum(c);
      return matchMaximum(c, w);
    },
  }),
];

function spatialAxes(b: GraphBuilder, x: Value): number[] {
  return Array.from({ length: b.facts.rank(x) - 2 }, (_, axis) => axis + 2);
}

function windowFrom(c: VjpContext<PoolAttributes>): Window {
  const { kernel } = c.attributes.window;
  if (kernel === undefined) throw c.refuse('kernel_shape', 'missing', 'given');
  return windowOf(c.attributes.window, kernel);
}

function taps(w: Window): number {
  return w.kernel.reduce((product, size) => product * size, 1);
}

/**
 * 1 / divisor of each window, [1, 1, ...space of y]. What runtimes divide by at the border depends on count_include_pad
 * and ceil_mode; so the pool itself is asked: over ones it gives (positions inside) / divisor.
 */
function windowShare(c: VjpContext<PoolAttributes>, w: Window): Value {
  const { b, node, x, y } = c;
  const ones = onesOverSpace(b, x);
  const inside = b.atLeast(convolvePlanes(b, ones, sumKernel(b, w, x), w, x, y), 1);
  return b.div(b.again(node, [ones]), inside);
}

/**
 * Runs the pool again for the index of each maximum, and adds the cotangents there. Indices are flat over all of x: modulo
 * the size of a plane they are positions within it, which hold for every row.
 */
function scatterToMaximum(c: VjpContext<PoolAttributes>): Value {
  const { b, g, x } = c;
  const rank = c.rank(x);
  const { window } = c.attributes;
  const [, indices = ''] = b.nodes(
    'MaxPool',
    [x],
    2,
    {
      kernel_shape: window.kernel,
      strides: window.strides,
      dilations: window.dilations,
      pads: window.autoPad === 'NOTSET' ? window.pads : undefined,
      auto_pad: window.autoPad === 'NOTSET' ? undefined : window.autoPad,
      ceil_mode: window.ceil ? 1 : undefined,
    },
    [b.typeOf(x), 'int64'],
  );
  const fixed = planeSize(b, x);
  const size = fixed === undefined ? b.node('ReduceProd', [sizesOf(b, x, 2)], { keepdims: 1 }) : b.ints([fixed]);
  const within = b.node('Mod', [indices, size]);
  const flat = reshapeTo(b, g, [0, 0, -1]);
  const target = b.expand(reshapeTo(b, within, [0, 0, -1]), b.shape(flat));
  const zeros = b.expand(b.scalar(0, x), b.concat([b.sizes(g, 0, 2), size], 0));
  const added = b.node('ScatterElements', [zeros, target, flat], { axis: 2, reduction: b.opset >= 16 ? 'add' : undefined });
  return reshapeTo(b, added, [-1, [x, 1, rank]]);
}

/** Number of positions of a plane of x, where it is fixed. */
function planeSize(b: GraphBuilder, x: Value): number | undefined {
  return sizeOf(b.facts.dims(x).slice(2));
}

/**
 * Without indices: each tap of each window is compared with the window's maximum, the first that equals it gets the
 * cotangent. Picking a tap is a convolution with a one-hot kernel, and putting it back is its transpose. Runs in every operator
 * set and on backends that cannot return indices.
 */
function matchMaximum(c: VjpContext<PoolAttributes>, w: Window): Value {
  const { b, g, x, y } = c;
  const rank = c.rank(x);
  const count = taps(w);
  const kernels = tapKernels(b, w, x);
  const one = b.scalar(1, x);
  const picked = convolvePlanes(b, planes(b, x, x), kernels, w, x, y);
  let isMaximum = b.equal(picked, planes(b, y, y));
  if (reachesOutside(w)) {
    // A tap outside reads 0 and may equal the maximum: only taps inside count.
    const inside = convolvePlanes(b, onesOverSpace(b, x), kernels, w, x, y);
    isMaximum = b.and(isMaximum, b.greater(inside, b.scalar(0.5, x)));
  }
  const earlier = b.constant(
    b.typeOf(x),
    [count, count, ...w.kernel.map(() => 1)],
    Array.from({ length: count * count }, (_, index) => (index % count < Math.floor(index / count) ? 1 : 0)),
  );
  const maxima = b.cast(isMaximum, b.typeOf(x));
  const first = b.and(isMaximum, b.less(b.node('Conv', [maxima, earlier]), b.scalar(0.5, one)));
  const byChannel = b.reshape(first, shapeOf(b, [-1, [y, 1, 2], count, [y, 2, rank]]));
  const spread = b.keep(byChannel, b.unsqueeze(g, [2]));
  const back = transposeWindows(b, planes(b, spread, y, count), kernels, w, x, c.dims(x).slice(2));
  return fromPlanes(b, back, x);
}
