import { between, type Case, check, type Input, smooth } from '../testing/case.js';
import { weight } from '../testing/families.js';

/** Offsets that keep every position apart from the pixels, where its derivative jumps. */
const offsets = (...dims: number[]): Input => between(0.2, 0.8, ...dims);

export const deformCases: readonly Case[] = [
  check('DeformConv', '', { since: 19, inputs: [smooth(2, 2, 3, 4), weight(3, 2, 2, 2), offsets(2, 8, 2, 3)] }),
  check('DeformConv', 'all inputs', {
    since: 19,
    inputs: [smooth(1, 2, 3, 3), smooth(2, 2, 2, 2), offsets(1, 8, 2, 2), smooth(2), smooth(1, 4, 2, 2)],
    attributes: { kernel_shape: [2, 2] },
  }),
  check('DeformConv', 'mask, pads, strides, dilations', {
    since: 19,
    inputs: [smooth(2, 1, 4, 5), weight(2, 1, 2, 3), offsets(2, 12, 3, 2), undefined, smooth(2, 6, 3, 2)],
    attributes: { pads: [1, 1, 1, 0], strides: [2, 1], dilations: [1, 2] },
  }),
  check('DeformConv', 'groups', {
    since: 19,
    inputs: [smooth(2, 4, 3, 3), weight(4, 2, 2, 2), offsets(2, 16, 2, 2), smooth(4), smooth(2, 8, 2, 2)],
    attributes: { kernel_shape: [2, 2], group: 2, offset_group: 2 },
  }),
];
