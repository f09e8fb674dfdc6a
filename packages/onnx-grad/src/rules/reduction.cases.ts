import { type Case, check, smooth } from '../testing/case.js';
import { withAxes } from '../testing/families.js';

const reductions = (operator: string, inputSince: number): Case[] => [
  check(operator, 'all axes', { inputs: [smooth(2, 3, 4)], linear: true }),
  check(operator, 'all axes, dropped', { inputs: [smooth(2, 3, 4)], attributes: { keepdims: 0 }, linear: true }),
  check(operator, 'no axes', { since: inputSince, inputs: [smooth(2, 3)], attributes: { noop_with_empty_axes: 1 }, linear: true }),
  ...withAxes(operator, 'space', inputSince, smooth(2, 3, 2, 2), [2, 3], { linear: true }),
  ...withAxes(operator, 'space, dropped', inputSince, smooth(2, 3, 2, 2), [2, 3], { attributes: { keepdims: 0 }, linear: true }),
  ...withAxes(operator, 'from the back', inputSince, smooth(2, 3, 4), [-1, -2], { attributes: { keepdims: 0 }, linear: true }),
  ...withAxes(operator, 'channels', inputSince, smooth(2, 3, 4), [1], { attributes: { keepdims: 0 }, linear: true }),
  ...withAxes(operator, 'rows', inputSince, smooth(2, 3, 4), [0], { linear: true }),
];

export const reductionCases: readonly Case[] = [...reductions('ReduceSum', 13), ...reductions('ReduceMean', 18)];
