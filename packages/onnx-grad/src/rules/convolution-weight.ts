import type { GraphBuilder, Value } from '../build/builder.js';
import { reshapeTo } from '../build/rows.js';
import type { Window } from '../graph/window.js';
import type { ConvAttributes } from './convolution-attributes.js';
import type { VjpContext } from './rule.js';
import { padForWindows } from './window.js';

/**
 * The gradient of a convolution from x to y with respect to its weight: W[o, c, i] gets Σ g[n, o, p] · x[n, c, p·stride + i·dilation − pad] over rows n
 * and positions p. That is a convolution of x with g, rows and channels exchanged, and strides and dilations as well.
 *
 * @param like a value of the model with the sizes of x
 */
export function weightGradient(c: VjpContext<ConvAttributes>, w: Window, x: Value, like: Value, g: Value): Value {
  const { b } = c;
  const { group } = c.attributes;
  const swapped = [1, 0, ...w.kernel.map((_, axis) => axis + 2)];
  const { padded, pads } = padForWindows(b, groupsAsRows(b, x, like, group, swapped), like, g, w);
  const made = b.node('Conv', [padded, b.transpose(g, swapped)], {
    strides: w.dilations,
    dilations: w.strides,
    pads,
    group,
  });
  // A stride may leave positions at the end that no window reads: they would be further taps.
  const taps = w.kernel.reduce((value, size, axis) => b.slice(value, axis + 2, 0, size), made);
  return b.transpose(taps, swapped);
}

/** [rows, channels, …] as [channels / group, group · rows, …]. */
function groupsAsRows(b: GraphBuilder, x: Value, like: Value, group: number, swapped: readonly number[]): Value {
  if (group === 1) return b.transpose(x, swapped);
  const space = [like, 2, swapped.length] as const;
  const grouped = reshapeTo(b, x, [0, group, -1, space]);
  const rowsInside = b.transpose(grouped, [2, 1, 0, ...swapped.slice(2).map((axis) => axis + 1)]);
  return reshapeTo(b, rowsInside, [0, -1, space]);
}
