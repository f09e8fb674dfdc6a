import { type Case, check, fixed, grid, smooth } from '../testing/case.js';
import { pools } from '../testing/families.js';

/** The index-free form cuts with computed bounds where sizes are symbolic. */
const symbolic = { needsIfSymbolic: 10 } as const;

export const poolingCases: readonly Case[] = [
  check('GlobalAveragePool', '', { inputs: [smooth(2, 3, 4, 3)], linear: true }),
  check('GlobalAveragePool', 'one dimension', { inputs: [smooth(2, 3, 4)], linear: true }),
  check('GlobalMaxPool', '', { inputs: [grid(2, 3, 4, 3)], needsIfSymbolic: 11 }),
  check('GlobalMaxPool', 'one dimension', { inputs: [grid(2, 3, 4)], needsIfSymbolic: 11 }),
  check('AveragePool', '', {
    inputs: [smooth(2, 2, 4, 4)],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    linear: true,
    ...symbolic,
  }),
  ...pools('AveragePool', 12, 19, { linear: true, ...symbolic }),
  ...pools('AveragePool', 12, 19, { attributes: { count_include_pad: 1 }, linear: true, ...symbolic }).map((c) => ({
    ...c,
    title: `${c.title}, count_include_pad`,
  })),
  check('MaxPool', 'apart', { inputs: [grid(2, 2, 4, 4)], attributes: { kernel_shape: [2, 2], strides: [2, 2] }, ...symbolic }),
  check('MaxPool', 'ResNet', {
    inputs: [grid(1, 2, 6, 6)],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    ...symbolic,
  }),
  check('MaxPool', 'all negative', {
    inputs: [fixed([1, 1, 4], [-1, -2, -3, -4])],
    attributes: { kernel_shape: [3], pads: [1, 1], strides: [2] },
    ...symbolic,
  }),
  check('MaxPool', 'a dropped window', {
    since: 22,
    inputs: [grid(2, 2, 5)],
    attributes: { kernel_shape: [2], strides: [3], pads: [1, 1], ceil_mode: 1 },
  }),
  check('AveragePool', 'a dropped window', {
    since: 22,
    inputs: [smooth(2, 2, 5)],
    attributes: { kernel_shape: [2], strides: [3], pads: [1, 1], ceil_mode: 1, count_include_pad: 1 },
    linear: true,
  }),
  ...pools('MaxPool', 16, 10, symbolic),
  check('MaxPool', 'three dimensions', {
    inputs: [grid(1, 2, 3, 4, 4)],
    attributes: { kernel_shape: [2, 2, 2], strides: [1, 2, 1], pads: [1, 0, 1, 0, 0, 0] },
    ...symbolic,
  }),
  check('MaxPool', 'a window of more pairs than are stored', {
    inputs: [grid(1, 2, 8, 8)],
    attributes: { kernel_shape: [6, 6], strides: [2, 2], pads: [2, 2, 2, 2] },
    ...symbolic,
  }),
  check('MaxPool', 'three dimensions, dilations, ceil_mode', {
    since: 10,
    inputs: [grid(1, 2, 4, 5, 4)],
    attributes: { kernel_shape: [2, 2, 2], strides: [2, 2, 2], dilations: [2, 1, 1], ceil_mode: 1 },
    ...symbolic,
  }),
  // Both number the maxima, by rows and by columns; the score reads their values.
  ...[0, 1].map((storage_order) =>
    check('MaxPool', `Indices beside, storage_order ${storage_order}`, {
      since: 8,
      inputs: [grid(2, 2, 4, 5)],
      attributes: { kernel_shape: [2, 3], strides: [1, 2], storage_order },
      outputs: 2,
      used: [0],
      ...symbolic,
    }),
  ),
  check('AveragePool', 'three dimensions', {
    inputs: [smooth(1, 2, 3, 4, 4)],
    attributes: { kernel_shape: [2, 2, 2], strides: [1, 2, 1], pads: [1, 0, 1, 0, 0, 0] },
    linear: true,
    ...symbolic,
  }),
  check('AveragePool', 'three dimensions, dilations, ceil_mode', {
    since: 19,
    inputs: [smooth(1, 2, 4, 5, 4)],
    attributes: { kernel_shape: [2, 2, 2], strides: [2, 2, 2], dilations: [2, 1, 1], ceil_mode: 1 },
    linear: true,
  }),
  check('GlobalAveragePool', 'three dimensions', { inputs: [smooth(2, 2, 2, 3, 2)], linear: true }),
  check('GlobalMaxPool', 'three dimensions', { inputs: [grid(2, 2, 2, 3, 2)], needsIfSymbolic: 11 }),
  // ONNX Runtime 1.30 has no GlobalLpPool for operator sets 22 and later.
  ...[1, 2, 3].flatMap((p) => [
    check('GlobalLpPool', `p ${p}`, { until: 21, inputs: [grid(2, 3, 3, 2)], attributes: { p } }),
    ...pools('LpPool', 8, 18, { attributes: { p }, ...symbolic }).map((c) => ({
      ...c,
      since: c.attributes?.['ceil_mode'] ? 18 : (c.since ?? 0),
    })),
  ]),
  check('GlobalLpPool', 'one dimension', { until: 21, inputs: [grid(2, 3, 4)] }),
  check('LpPool', 'three dimensions', {
    inputs: [grid(1, 2, 3, 3, 3)],
    attributes: { kernel_shape: [2, 2, 2], strides: [1, 2, 1] },
    ...symbolic,
  }),
];
