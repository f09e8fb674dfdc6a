import type { Value } from '../build/builder.js';
import { reshapeRows, reshapeTo, sizesOf } from '../build/rows.js';
import { always, rule, type VjpContext } from './rule.js';
import { type Position, positionOf, type SamplingAttributes, type Tap, tapsOf } from './sampling-taps.js';

type Sampling = VjpContext<SamplingAttributes>;

/**
 * Samples of an image between its pixels. A sample is Σ weights · pixels over the taps of its axes: so its cotangent is added to each of these
 * pixels by its weight, and to its position by the change of the weights. x: [rows, channels, ...space], grid: [rows, ...samples, axes].
 */
export const gridSampleRule = rule<SamplingAttributes>('GridSample', {
  attributes: (a) => ({
    mode: modes[a.choice('mode', 'linear', ['nearest', 'linear', 'bilinear', 'cubic', 'bicubic'])],
    padding: a.choice('padding_mode', 'zeros', ['zeros', 'border', 'reflection']),
    alignCorners: a.int('align_corners', 0) === 1,
  }),
  // Positions are rounded.
  steps: ({ mode }) => (mode === 'nearest' ? [1] : []),
  rows: always,
  vjp: [toImage, toGrid],
});

/** Operator sets before 20 name the modes by two axes. */
const modes = { nearest: 'nearest', linear: 'linear', bilinear: 'linear', cubic: 'cubic', bicubic: 'cubic' } as const;

/** A pixel that samples read: one tap of each axis. */
interface Corner {
  /** Index in the flattened space, [rows, 1, samples]. */
  readonly place: Value;
  readonly taps: readonly Tap[];
}

function toImage(c: Sampling): Value {
  const { b, x } = c;
  const g = reshapeTo(b, c.g, [0, 0, -1]);
  const all = corners(c, positionsOf(c));
  const parts = all.map(({ taps }) => b.mul(g, b.cast(weightOf(c, taps), b.typeOf(g))));
  const places = b.concat(
    all.map(({ place }) => place),
    2,
  );
  const sum = b.concat(parts, 2);
  const space = b.node('ReduceProd', [sizesOf(b, x, 2)], { keepdims: 1 });
  const zeros = b.expand(b.scalar(0, g), b.concat([b.sizes(g, 0, 2), space], 0));
  return reshapeRows(b, b.node('ScatterElements', [zeros, b.expand(places, b.shape(sum)), sum], { axis: 2, reduction: 'add' }), x);
}

function toGrid(c: Sampling): Value {
  const { b, x } = c;
  const grid = c.input(1);
  const positions = positionsOf(c);
  const g = reshapeTo(b, c.g, [0, 0, -1]);
  const pixels = reshapeTo(b, x, [0, 0, -1]);
  const all = corners(c, positions).map(({ place, taps }) => {
    const places = b.expand(place, b.concat([b.sizes(pixels, 0, 2), b.sizes(place, 2, 3)], 0));
    const read = b.node('GatherElements', [pixels, places], { axis: 2 });
    return { taps, arriving: b.cast(b.sum(b.mul(g, read), [1]), b.typeOf(grid)) };
  });
  const axes = positions.map(({ slope }, axis) => {
    const parts = all.map(({ taps, arriving }) => b.mul(arriving, weightOf(c, taps, axis)));
    return b.mul(
      parts.reduce((sum, part) => b.add(sum, part)),
      slope,
    );
  });
  // The grid names the last axis first.
  return reshapeRows(b, b.transpose(b.concat(axes.reverse(), 1), [0, 2, 1]), grid);
}

/** Positions along each axis of space: [rows, 1, samples]. */
function positionsOf(c: Sampling): Position[] {
  const { b, x } = c;
  const grid = c.input(1);
  const count = c.rank(x) - 2;
  if (count < 1) throw c.refuse(`the rank of '${x}'`, String(count + 2), 'at least 3: images, channels, space');
  return Array.from({ length: count }, (_, axis) => {
    const numbers = reshapeTo(b, b.slice(grid, c.rank(grid) - 1, count - 1 - axis, count - axis), [0, 1, -1]);
    const size = c.dims(x)[axis + 2];
    const pixels = typeof size === 'number' ? b.scalar(size, grid) : b.squeeze(b.cast(b.sizes(x, axis + 2, axis + 3), b.typeOf(grid)), [0]);
    return positionOf(b, numbers, pixels, c.attributes);
  });
}

/** Every choice of one tap of each axis. */
function corners(c: Sampling, positions: readonly Position[]): Corner[] {
  const { b, x } = c;
  return positions.reduce<Corner[]>(
    (before, position, axis) => {
      const size = sizesOf(b, x, axis + 2, axis + 3);
      const taps = tapsOf(b, position, c.attributes);
      return before.flatMap(({ place, taps: chosen }) =>
        taps.map((tap) => ({ place: place === '' ? tap.index : b.add(b.mul(place, size), tap.index), taps: [...chosen, tap] })),
      );
    },
    [{ place: '', taps: [] }],
  );
}

/** The weight of a pixel, the product over its axes; with `axis`, the change of it by the position along that axis. */
function weightOf({ b }: Sampling, taps: readonly Tap[], axis?: number): Value {
  const factors = taps.map(({ weight, slope }, index) => (index === axis ? slope : weight));
  return factors.reduce((one, other) => b.mul(one, other));
}
