import { reshapeTo } from '../build/rows.js';
import { always, type Rule, rule } from './rule.js';
import { gridSampleRule } from './sampling-grid.js';
import { roiAlignRule } from './sampling-roi.js';

/** Sampling an image at positions that are numbers themselves. */
export const samplingRules: readonly Rule[] = [
  gridSampleRule,
  // y = base · thetaᵀ, where base holds the position of each sample and a 1: the grid of the identity.
  rule('AffineGrid', {
    inputs: [0],
    rows: always,
    vjp: (c) => {
      const { b } = c;
      const axes = c.rank(c.y) - 2;
      const identity = Array.from({ length: axes * (axes + 1) }, (_, index) =>
        Math.floor(index / (axes + 1)) === index % (axes + 1) ? 1 : 0,
      );
      const size = b.concat([b.ints([1]), b.slice(c.input(1), 0, 1, axes + 2)], 0);
      const base = b.again(c.node, [b.constant(b.typeOf(c.x), [1, axes, axes + 1], identity), size]);
      const g = b.transpose(reshapeTo(b, c.g, [0, -1, axes]), [0, 2, 1]);
      return b.concat([b.matmul(g, b.reshape(base, [-1, axes])), b.sum(g, [2])], 2);
    },
  }),
  roiAlignRule,
];
