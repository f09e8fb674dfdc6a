import type { GraphBuilder, Value } from '../build/builder.js';
import { onesOverSpace, reshapeTo, shapeOf, sizesOf } from '../build/rows.js';
import { sizeOf } from '../graph/facts.js';
import { reachesOutside, type Window, type WindowAttributes } from '../graph/window.js';
import { taps } from './pooling-window.js';
import type { VjpContext } from './rule.js';
import { convolvePlanes, fromPlanes, planes, tapKernels, tapPairs, transposeWindows } from './window.js';

/**
 * Runs the pool again for the index of each maximum, and adds the cotangents there. Indices are flat over all of x: modulo
 * the size of a plane they are positions within it, which hold for every row.
 */
export function scatterToMaximum(c: VjpContext<WindowAttributes>): Value {
  const { b, g, x } = c;
  const rank = c.rank(x);
  const window = c.attributes;
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
  const within = b.node('Mod', [indices, planePositions(b, x)]);
  // Halves are added in float32: exactly, and on every runtime.
  const sum = b.typeOf(x) === 'float64' ? 'float64' : 'float32';
  const flat = b.cast(reshapeTo(b, g, [0, 0, -1]), sum);
  const target = b.expand(reshapeTo(b, within, [0, 0, -1]), b.shape(flat));
  const zeros = b.expand(b.scalar(0, flat), b.concat([b.sizes(g, 0, 2), planePositions(b, x)], 0));
  const added = b.node('ScatterElements', [zeros, target, flat], { axis: 2, reduction: b.opset >= 16 ? 'add' : undefined });
  return reshapeTo(b, b.cast(added, b.typeOf(x)), [-1, [x, 1, rank]]);
}

/** Number of positions of a plane of x as int64. */
function planePositions(b: GraphBuilder, x: Value): Value {
  const fixed = planeSize(b, x);
  return fixed === undefined ? b.node('ReduceProd', [sizesOf(b, x, 2)], { keepdims: 1 }) : b.ints([fixed]);
}

/** Number of positions of a plane of x, where it is fixed. */
export function planeSize(b: GraphBuilder, x: Value): number | undefined {
  return sizeOf(b.facts.dims(x).slice(2));
}

/**
 * Without indices: each tap of each window is compared with the window's maximum, the first that equals it gets the
 * cotangent. Picking a tap is a convolution with a one-hot kernel, and putting it back is its transpose. Runs in every operator
 * set and on backends that cannot return indices.
 */
export function matchMaximum(c: VjpContext<WindowAttributes>, w: Window): Value {
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
  const earlier = tapPairs(b, w, x, 'less', [count, count, ...w.kernel.map(() => 1)]);
  const maxima = b.cast(isMaximum, b.typeOf(x));
  const first = b.and(isMaximum, b.less(b.node('Conv', [maxima, earlier]), b.scalar(0.5, one)));
  const byChannel = b.reshape(first, shapeOf(b, [-1, [y, 1, 2], count, [y, 2, rank]]));
  const spread = b.keep(byChannel, b.unsqueeze(g, [2]));
  const back = transposeWindows(b, planes(b, spread, y, count), kernels, w, x, c.dims(x).slice(2));
  return fromPlanes(b, back, x);
}
