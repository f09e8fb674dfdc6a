import { type Case, check, grid, smooth } from '../testing/case.js';
import { type DrawnWindow, weight, windows } from '../testing/families.js';

const random = windows(16, { ceil: false, dilations: true });

/** Where SAME and a stride pad a symbolic size, the padding of x is computed. */
const computedPads = ({ attributes }: DrawnWindow) => (`${attributes['auto_pad']}`.startsWith('SAME') ? { needsIfSymbolic: 11 } : {});

/** Where a stride leaves open what size it came from, x's part is cut out with computed bounds. */
const symbolic = { needsIfSymbolic: 10 } as const;

export const convolutionCases: readonly Case[] = [
  check('Conv', 'weight alone', { inputs: [grid(2, 2, 5, 5), weight(3, 2, 3, 3)], linear: true }),
  check('Conv', 'bias', { inputs: [grid(2, 2, 5), weight(3, 2, 3), weight(3)], linear: true }),
  check('Conv', 'three dimensions', {
    inputs: [grid(2, 1, 3, 4, 3), weight(2, 1, 2, 2, 2)],
    attributes: { strides: [1, 2, 1] },
    linear: true,
    ...symbolic,
  }),
  check('Conv', 'a pixel', { inputs: [grid(2, 4, 3, 3), weight(2, 4, 1, 1)], attributes: { strides: [2, 2] }, linear: true, ...symbolic }),
  check('Conv', 'groups', {
    inputs: [grid(2, 4, 5), weight(6, 2, 3)],
    attributes: { group: 2, strides: [2], pads: [1, 1] },
    linear: true,
    ...symbolic,
  }),
  check('Conv', 'depthwise', {
    inputs: [smooth(2, 3, 5, 5), weight(3, 1, 3, 3)],
    attributes: { group: 3, pads: [1, 0, 1, 2] },
    linear: true,
  }),
  check('Conv', 'depthwise, wide pads', {
    inputs: [smooth(2, 3, 5), weight(3, 1, 2)],
    attributes: { group: 3, pads: [3, 3] },
    linear: true,
  }),
  check('Conv', 'depthwise, stride 2', {
    inputs: [smooth(2, 3, 6), weight(3, 1, 3)],
    attributes: { group: 3, strides: [2] },
    linear: true,
    ...symbolic,
  }),
  ...['NOTSET', 'SAME_UPPER'].map((auto_pad) =>
    check('Conv', `depthwise, stride 2, many taps, ${auto_pad}`, {
      inputs: [smooth(1, 2, 6, 7), weight(2, 1, 5, 5)],
      attributes: { group: 2, strides: [2, 2], ...(auto_pad === 'NOTSET' ? { pads: [2, 1, 2, 3] } : { auto_pad }) },
      linear: true,
      ...symbolic,
    }),
  ),
  check('Conv', 'depthwise, dilated', {
    inputs: [smooth(2, 3, 6), weight(3, 1, 3)],
    attributes: { group: 3, dilations: [2], pads: [1, 1] },
    linear: true,
  }),
  check('Conv', 'depthwise, SAME', {
    inputs: [smooth(2, 3, 6), weight(3, 1, 2)],
    attributes: { group: 3, auto_pad: 'SAME_LOWER' },
    linear: true,
  }),
  check('Conv', 'depthwise multiplier', { inputs: [smooth(2, 2, 5), weight(4, 1, 3)], attributes: { group: 2 }, linear: true }),
  ...random.map(({ title, space, kernel, attributes }) =>
    check('Conv', title, { inputs: [smooth(2, 2, ...space), weight(3, 2, ...kernel)], attributes, linear: true, ...symbolic }),
  ),
  check('Conv', 'dense, wide pads', { inputs: [smooth(2, 2, 4), weight(3, 2, 2)], attributes: { pads: [2, 1] }, linear: true }),
  check('Conv', 'groups, stride 1', {
    inputs: [smooth(2, 4, 4, 3), weight(6, 2, 3, 2)],
    attributes: { group: 2, pads: [1, 1, 1, 0] },
    linear: true,
  }),
  check('Conv', 'three dimensions, stride 1, all inputs', {
    inputs: [smooth(2, 2, 3, 2, 3), smooth(2, 2, 2, 2, 2), smooth(2)],
    attributes: { kernel_shape: [2, 2, 2], pads: [1, 0, 0, 0, 1, 1] },
    linear: true,
  }),
  check('Conv', 'three dimensions, SAME, weight', {
    inputs: [smooth(1, 2, 3, 4, 3), smooth(2, 1, 2, 3, 2)],
    attributes: { kernel_shape: [2, 3, 2], group: 2, strides: [1, 2, 2], auto_pad: 'SAME_UPPER' },
    wrt: [1],
    linear: true,
    needsIfSymbolic: 11,
  }),
  ...random.map((w) =>
    check('Conv', `${w.title}, weight and bias`, {
      inputs: [smooth(2, 2, ...w.space), smooth(3, 2, ...w.kernel), smooth(3)],
      wrt: [1, 2],
      attributes: w.attributes,
      linear: true,
      ...computedPads(w),
    }),
  ),
  ...random.slice(0, 8).map((w) =>
    check('Conv', `${w.title}, weight of groups`, {
      inputs: [weight(2, 4, ...w.space), smooth(6, 2, ...w.kernel)],
      attributes: { ...w.attributes, group: 2 },
      linear: true,
      ...computedPads(w),
    }),
  ),
  check('ConvTranspose', 'weight alone', { inputs: [smooth(2, 3, 4, 3), weight(3, 2, 3, 3)], linear: true }),
  check('ConvTranspose', 'stride 2, bias', {
    inputs: [smooth(2, 3, 4), weight(3, 2, 2), weight(2)],
    attributes: { strides: [2] },
    linear: true,
  }),
  check('ConvTranspose', 'all but groups', {
    inputs: [smooth(2, 2, 3, 4), weight(2, 2, 3, 2)],
    attributes: { kernel_shape: [3, 2], strides: [2, 3], pads: [1, 0, 1, 1], dilations: [1, 2], output_padding: [1, 2] },
    linear: true,
  }),
  check('ConvTranspose', 'groups', {
    inputs: [smooth(2, 4, 5), weight(4, 2, 3)],
    attributes: { group: 2, strides: [2], pads: [1, 1] },
    linear: true,
  }),
  check('ConvTranspose', 'VALID', {
    inputs: [smooth(2, 2, 3), weight(2, 1, 2)],
    attributes: { auto_pad: 'VALID', strides: [2] },
    linear: true,
  }),
  check('ConvTranspose', 'three dimensions, all inputs', {
    inputs: [smooth(2, 2, 2, 3, 2), smooth(2, 1, 2, 2, 3), smooth(2)],
    attributes: { kernel_shape: [2, 2, 3], group: 2, strides: [2, 1, 1], pads: [0, 1, 1, 1, 0, 1] },
    linear: true,
  }),
  ...['SAME_UPPER', 'SAME_LOWER'].flatMap((auto_pad) => [
    check('ConvTranspose', auto_pad, {
      inputs: [smooth(2, 2, 3, 4), smooth(2, 1, 3, 2), smooth(1)],
      attributes: { kernel_shape: [3, 2], auto_pad, strides: [2, 3] },
      linear: true,
    }),
    check('ConvTranspose', `output_shape, ${auto_pad}`, {
      inputs: [smooth(2, 2, 3, 4), smooth(2, 1, 3, 4)],
      attributes: { kernel_shape: [3, 4], auto_pad, output_shape: [4, 7], strides: [2, 2] },
      linear: true,
      needsIfSymbolic: 11,
    }),
  ]),
  check('ConvTranspose', 'output_shape', {
    inputs: [smooth(2, 2, 3, 4), smooth(2, 1, 3, 4)],
    attributes: { kernel_shape: [3, 4], output_shape: [6, 7], strides: [2, 2] },
    linear: true,
    needsIfSymbolic: 11,
  }),
  ...random.slice(0, 8).map(({ title, space, kernel, attributes }) =>
    check('ConvTranspose', `${title}, all inputs`, {
      inputs: [smooth(2, 4, ...space.map((size) => size - 2)), smooth(4, 1, ...kernel), smooth(2)],
      attributes: { ...attributes, group: 2 },
      linear: true,
    }),
  ),
];
