import type { GraphBuilder, Value } from '../build/builder.js';
import { range } from '../build/indices.js';
import { expandEntry, expandRows, inverseCount, onesOverSpace, reshapeRows, reshapeTo } from '../build/rows.js';
import { list } from '../graph/list.js';
import { extent, reachesOutside, type Window, type WindowAttributes, windowAttributes } from '../graph/window.js';
import { matchMaximum, planeSize, scatterToMaximum } from './pooling-max.js';
import { powerPoolRules } from './pooling-power.js';
import { taps, windowFrom } from './pooling-window.js';
import { always, type Rule, rule, type VjpContext } from './rule.js';
import { convolvePlanes, fromPlanes, planes, sumKernel, transposeWindows } from './window.js';

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
      const position = size === undefined ? range(b, 0, b.sizes(flat, 2, 3), 1) : b.ints(list(size, (index) => index));
      const spread = b.keep(b.equal(position, first), reshapeTo(b, g, [0, 0, 1]));
      return reshapeRows(b, spread, x);
    },
  }),
  rule('AveragePool', {
    attributes: windowAttributes,
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
    attributes: windowAttributes,
    rows: always,
    vjp: (c) => {
      const w = windowFrom(c);
      const apart = w.kernel.every((_, axis) => (w.strides[axis] ?? 1) >= extent(w, axis));
      // Where windows overlap, their cotangents meet and must be added: ScatterElements does so from operator set 16 on.
      if (c.opset >= 16 || (c.opset >= 11 && apart)) return scatterToMaximum(c);
      // Without it convolutions pick the taps, which have no kernel for float64; in float32 numbers would tie that do not.
      if (c.b.typeOf(c.x) === 'float64') throw c.b.tooOld(16, 'the gradient of MaxPool in float64, where windows overlap,');
      return matchMaximum(c, w);
    },
  }),
  ...powerPoolRules,
];

function spatialAxes(b: GraphBuilder, x: Value): number[] {
  return Array.from({ length: b.facts.rank(x) - 2 }, (_, axis) => axis + 2);
}

/**
 * 1 / divisor of each window, [1, 1, ...space of y]. What runtimes divide by at the border depends on count_include_pad
 * and ceil_mode; so the pool itself is asked: over ones it gives (positions inside) / divisor.
 */
function windowShare(c: VjpContext<WindowAttributes>, w: Window): Value {
  const { b, node, x, y } = c;
  const ones = onesOverSpace(b, x);
  const inside = b.atLeast(convolvePlanes(b, ones, sumKernel(b, w, x), w, x, y), 1);
  return b.div(b.again(node, [ones]), inside);
}
