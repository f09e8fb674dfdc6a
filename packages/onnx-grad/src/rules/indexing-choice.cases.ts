import { type Case, check, computed, fixed, grid, ints, smooth } from '../testing/case.js';

const flags = (...values: number[]) => fixed([values.length], values, 'bool');

/** Before operator set 11 positions of a size known only at run time cannot be counted. */
const symbolic = { needsIfSymbolic: 11 } as const;

const topK = (title: string, x: number[], k: number, axis: number, attributes: Record<string, number> = {}): Case[] => [
  check('TopK', `${title}, k as attribute`, {
    until: 9,
    inputs: [grid(...x)],
    attributes: { k, ...(axis < 0 ? {} : { axis }) },
    outputs: 2,
    used: [0],
    ...symbolic,
  }),
  check('TopK', title, { since: 11, inputs: [grid(...x), ints(k)], attributes: { axis, ...attributes }, outputs: 2, used: [0] }),
  check('TopK', `${title}, computed k`, {
    since: 11,
    inputs: [grid(...x), computed(ints(k))],
    attributes: { axis, ...attributes },
    outputs: 2,
    used: [0],
  }),
];

export const choiceCases: readonly Case[] = [
  check('Compress', 'axis', {
    since: 9,
    inputs: [smooth(2, 4, 3), flags(1, 0, 1, 0)],
    attributes: { axis: 1 },
    linear: true,
    ...symbolic,
  }),
  check('Compress', 'rows, a shorter condition', {
    since: 11,
    inputs: [smooth(4, 3), flags(0, 1, 1)],
    attributes: { axis: -2 },
    linear: true,
    anyBatch: false,
  }),
  check('Compress', 'all elements', {
    since: 9,
    inputs: [smooth(2, 3), flags(0, 1, 0, 1, 1)],
    linear: true,
    anyBatch: false,
    ...symbolic,
  }),
  ...topK('last axis', [2, 3, 5], 2, -1),
  ...topK('channels', [2, 5, 3], 3, 1),
  ...topK('rows', [4, 3], 2, 0).map((c): Case => ({ ...c, anyBatch: false })),
  ...topK('smallest, unsorted', [2, 6], 3, 1, { largest: 0, sorted: 0 }).slice(1),
  check('MaxUnpool', '', {
    since: 9,
    inputs: [smooth(2, 1, 2, 2), fixed([2, 1, 2, 2], [0, 3, 9, 14, 17, 18, 28, 31], 'int64')],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    linear: true,
    anyBatch: false,
  }),
  check('MaxUnpool', 'a batch of one', {
    since: 9,
    inputs: [smooth(1, 2, 2, 1), fixed([1, 2, 2, 1], [0, 7, 10, 15], 'int64')],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    linear: true,
  }),
  check('MaxUnpool', 'a batch of one, output_shape', {
    since: 9,
    inputs: [smooth(1, 2, 2, 1), fixed([1, 2, 2, 1], [0, 7, 10, 19], 'int64'), ints(1, 2, 5, 2)],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    linear: true,
  }),
];
