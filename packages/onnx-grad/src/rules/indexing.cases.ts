import { type Case, check, constant, fixed, smooth } from '../testing/case.js';
import { choiceCases } from './indexing-choice.cases.js';

const indices = (dims: number[], ...values: number[]) => constant(fixed(dims, values, 'int64'));

/** Operator sets before 16 compare with all positions: of a size known only at run time, they must be counted. */
const symbolic = { needsIfSymbolic: 11 } as const;

export const indexingCases: readonly Case[] = [
  check('Gather', 'one index', { inputs: [smooth(2, 3, 4), indices([], 1)], attributes: { axis: 1 }, linear: true, ...symbolic }),
  check('Gather', 'a vector, one index twice', {
    inputs: [smooth(2, 3, 4), indices([3], 2, 0, 2)],
    attributes: { axis: 2 },
    linear: true,
    ...symbolic,
  }),
  check('Gather', 'a matrix', {
    inputs: [smooth(2, 4, 3), indices([2, 2], 3, 1, 1, 0)],
    attributes: { axis: 1 },
    linear: true,
    ...symbolic,
  }),
  check('Gather', 'rows', { inputs: [smooth(4, 3), indices([2], 3, 0)], linear: true, anyBatch: false, ...symbolic }),
  check('Gather', 'from the back', {
    since: 11,
    inputs: [smooth(2, 4), indices([2], -1, -3)],
    attributes: { axis: -1 },
    linear: true,
    ...symbolic,
  }),
  check('Gather', 'computed indices', {
    inputs: [smooth(3, 4), fixed([2], [3, 1], 'int32')],
    attributes: { axis: 1 },
    linear: true,
    ...symbolic,
  }),
  check('GatherElements', '', { since: 11, inputs: [smooth(3, 4), indices([2, 3], 0, 2, 1, 1, 2, 1)], linear: true }),
  check('GatherElements', 'last axis', {
    since: 11,
    inputs: [smooth(2, 4), indices([2, 3], 0, 3, 3, 1, 2, -2)],
    attributes: { axis: 1 },
    linear: true,
  }),
  check('GatherElements', 'a batch of one', {
    since: 11,
    inputs: [smooth(1, 4, 3), fixed([1, 2, 3], [0, 3, 3, 1, 3, 2], 'int64')],
    attributes: { axis: -2 },
    linear: true,
  }),
  check('GatherElements', 'fewer rows than x', {
    since: 11,
    inputs: [smooth(3, 4), fixed([2, 3], [0, 3, 3, 1, 2, -2], 'int64')],
    attributes: { axis: 1 },
    linear: true,
  }),
  check('GatherND', 'elements', { since: 11, inputs: [smooth(3, 4), indices([3, 2], 0, 1, 2, 3, 0, 1)], linear: true, anyBatch: false }),
  check('GatherND', 'parts, from the back', {
    since: 11,
    inputs: [smooth(3, 4, 2), indices([2, 2, 1], 0, -1, 2, -1)],
    linear: true,
    anyBatch: false,
  }),
  check('GatherND', 'batch_dims 1', {
    since: 12,
    inputs: [smooth(2, 3, 2), fixed([2, 2, 1], [1, 1, 0, 2], 'int64')],
    attributes: { batch_dims: 1 },
    linear: true,
    anyBatch: false,
  }),
  check('GatherND', 'batch_dims 1, a batch of one', {
    since: 12,
    inputs: [smooth(1, 3, 2), fixed([1, 3, 2], [1, 1, 2, 0, -2, 1], 'int64')],
    attributes: { batch_dims: 1 },
    linear: true,
  }),
  check('GatherND', 'batch_dims 2', {
    since: 12,
    inputs: [smooth(2, 2, 3), fixed([2, 2, 1], [1, -1, 0, 2], 'int64')],
    attributes: { batch_dims: 2 },
    linear: true,
    anyBatch: false,
  }),
  ...choiceCases,
];
