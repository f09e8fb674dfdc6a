import fc from 'fast-check';
import type { NewAttribute } from '../bytes/write.js';
import { type Case, check, computed, fixed, ints, smooth } from '../testing/case.js';
import { sample } from '../testing/families.js';

const tile = (title: string, x: number[], repeats: number[]): Case[] => [
  check('Tile', title, { inputs: [smooth(...x), ints(...repeats)], linear: true, anyBatch: false }),
  check('Tile', `${title}, computed repeats`, { inputs: [smooth(...x), computed(ints(...repeats))], linear: true, anyBatch: false }),
];

const blocks = (mode: string, size: number): Case =>
  check('DepthToSpace', `${mode}, blocks of ${size}`, {
    since: 11,
    inputs: [smooth(2, 2 * size * size, 3, 2)],
    attributes: { mode, blocksize: size },
    linear: true,
  });

const triangle = (title: string, x: number[], upper: number, k?: number): Case =>
  check('Trilu', title, {
    since: 14,
    inputs: k === undefined ? [smooth(...x)] : [smooth(...x), computed(fixed([], [k], 'int64'))],
    attributes: { upper },
    linear: true,
  });

const drawn = fc.record({
  from: fc.integer({ min: 1, max: 6 }),
  to: fc.integer({ min: 1, max: 6 }),
});

/** Blocks in an image, at given positions of their first elements. */
const columns = (
  title: string,
  image: number[],
  block: number[],
  count: number,
  attributes: Readonly<Record<string, NewAttribute>> = {},
): Case =>
  check('Col2Im', title, {
    since: 18,
    inputs: [smooth(2, 2 * block.reduce((product, size) => product * size, 1), count), ints(...image), ints(...block)],
    attributes,
    linear: true,
  });

export const blockCases: readonly Case[] = [
  ...tile('rows kept', [2, 3, 2], [1, 2, 3]),
  ...tile('rows', [2, 3], [2, 1]),
  ...tile('a vector', [3], [3]),
  check('Tile', 'batch kept', { inputs: [smooth(2, 3, 2), ints(1, 2, 3)], linear: true }),
  check('Tile', 'nothing', { inputs: [smooth(2, 3), ints(1, 1)], linear: true }),
  blocks('DCR', 2),
  blocks('CRD', 2),
  blocks('CRD', 3),
  check('DepthToSpace', '', { inputs: [smooth(2, 4, 3, 2)], attributes: { blocksize: 2 }, linear: true }),
  check('SpaceToDepth', '', { inputs: [smooth(2, 3, 4, 6)], attributes: { blocksize: 2 }, linear: true }),
  triangle('upper', [2, 3, 4], 1),
  triangle('lower', [2, 4, 3], 0),
  triangle('upper, k 1', [3, 4], 1, 1),
  triangle('lower, k −1', [2, 2, 3, 4], 0, -1),
  check('ReverseSequence', 'time first', { since: 10, inputs: [smooth(4, 3, 2), fixed([3], [4, 2, 1], 'int64')], linear: true }),
  check('ReverseSequence', 'batch first', {
    since: 10,
    inputs: [smooth(3, 4, 2), fixed([3], [3, 4, 1], 'int64')],
    attributes: { batch_axis: 0, time_axis: 1 },
    linear: true,
    // The lengths of a batch of one are no batch of the case's own.
    anyBatch: false,
  }),
  check('ReverseSequence', 'batch of one', {
    since: 10,
    inputs: [smooth(1, 4, 2), fixed([1], [3], 'int64')],
    attributes: { batch_axis: 0, time_axis: 1 },
    linear: true,
  }),
  ...sample(drawn, 6).map(({ from, to }) =>
    check('CenterCropPad', `${from} to ${to}`, {
      since: 18,
      inputs: [smooth(2, from, 3), ints(to, 2)],
      attributes: { axes: [-2, 2] },
      linear: true,
    }),
  ),
  check('CenterCropPad', 'all axes, computed shape', {
    since: 18,
    inputs: [smooth(2, 4), computed(ints(3, 3))],
    linear: true,
    anyBatch: false,
  }),
  columns('plain', [3, 4], [2, 2], 6),
  columns('strides, pads', [4, 3], [2, 1], 15, { strides: [2, 1], pads: [1, 1, 1, 1] }),
  columns('dilations', [4, 5], [2, 2], 6, { dilations: [2, 2] }),
  columns('one axis', [5], [2], 4),
  columns('three axes', [2, 3, 2], [1, 2, 2], 4),
  check('Col2Im', 'computed sizes', {
    since: 18,
    inputs: [smooth(2, 4, 6), computed(ints(3, 4)), computed(ints(2, 2))],
    linear: true,
  }),
];
