import { type Case, check, fixed, smooth } from '../testing/case.js';

const indices = (dims: number[], ...values: number[]) => fixed(dims, values, 'int64');
const depth = fixed([], [4], 'int64');

export const generatorCases: readonly Case[] = [
  // The limit lies between two numbers of the sequence, so that no step of the differences changes how many there are.
  check('Range', 'upwards', {
    since: 11,
    inputs: [fixed([], [0.3]), fixed([], [20]), fixed([], [5.5])],
    wrt: [0, 2],
    linear: true,
    unit: 1 / 8,
  }),
  check('Range', 'downwards', {
    since: 11,
    inputs: [fixed([], [2]), fixed([], [-16]), fixed([], [-4])],
    wrt: [0, 2],
    linear: true,
    unit: 1 / 4,
  }),
  check('OneHot', 'last axis', { since: 9, inputs: [indices([3], 1, 0, 3), depth, smooth(2)], linear: true }),
  check('OneHot', 'an axis between, indices from the back and out of range', {
    since: 11,
    inputs: [indices([2, 3], -1, 0, 3, 5, -4, 2), depth, smooth(2)],
    attributes: { axis: 1 },
    linear: true,
  }),
];
