import type { Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { reshapeTo } from '../build/rows.js';
import { identity } from './resize-axis.js';
import { rule, type VjpContext } from './rule.js';

interface RoiAttributes {
  readonly scale: number;
}

/**
 * Means of samples in each bin of each region: weights along the height times weights along the width, y = Aᵀ · x · B for each region. The same
 * operator gives A and B when its image is the identity along one axis and a single pixel along the other, whatever the number of samples.
 *
 * x: [images, channels, height, width], regions: [regions, 4] = x₁ y₁ x₂ y₂, y: [regions, channels, bins, bins].
 */
export const roiAlignRule = rule<RoiAttributes>('RoiAlign', {
  attributes: (a) => {
    a.choice('mode', 'avg', ['avg']);
    return { scale: a.float('spatial_scale', 1) };
  },
  vjp: [
    (c) => {
      const { b, x, g } = c;
      // Σ over regions and their rows of bins: [images, 1, height, regions · bins] times [channels, regions · bins, width].
      const across = b.matmul(g, b.transpose(b.unsqueeze(weights(c, 3), [1]), [0, 1, 3, 2]));
      const columns = reshapeTo(b, b.transpose(across, [1, 0, 2, 3]), [[x, 1, 2], -1, [x, 3, 4]]);
      const image = b.equal(b.reshape(positions(b, x, 0), [-1, 1, 1, 1]), b.reshape(c.input(2), [1, 1, -1, 1]));
      const down = b.keep(image, b.unsqueeze(b.transpose(weights(c, 2), [1, 0, 2]), [0]));
      return b.matmul(reshapeTo(b, down, [[x, 0, 1], 1, [x, 2, 3], -1]), columns);
    },
  ],
});

/** Weights along axis 2 or 3 of x: [regions, size of x, bins]. */
function weights(c: VjpContext<RoiAttributes>, axis: 2 | 3): Value {
  const { b, x } = c;
  const other = axis === 2 ? 3 : 2;
  const regions = c.input(1);
  const column = (from: number) => b.slice(regions, 1, from, from + 1);
  const begin = b.zerosLike(column(0));
  // One pixel wide, around the only pixel of the other axis.
  const end = b.shift(begin, 1 / c.attributes.scale);
  const alone = axis === 2 ? [begin, column(1), end, column(3)] : [column(0), begin, column(2), end];
  const image = b.unsqueeze(identity(b, x, axis, c.g), [0, other]);
  const first = b.sub(c.input(2), c.input(2));
  const made = b.again(c.node, [image, b.concat(alone, 1), first], { [axis === 2 ? 'output_width' : 'output_height']: 1 });
  return b.squeeze(made, [other]);
}
