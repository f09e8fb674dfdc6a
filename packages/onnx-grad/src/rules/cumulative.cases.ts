import { type Case, check, computed, constant, fixed, type Input, smooth } from '../testing/case.js';

const axis = (value: number): Input => constant(fixed([], [value], 'int64'));

const directions: readonly Case['attributes'][] = [{}, { exclusive: 1 }, { reverse: 1 }, { exclusive: 1, reverse: 1 }];

const cumulative = (operator: string, rest: Partial<Case>): Case[] => [
  ...directions.map((attributes = {}) =>
    check(operator, Object.keys(attributes).join(' and ') || 'plain', { ...rest, inputs: [smooth(2, 4, 3), axis(1)], attributes }),
  ),
  check(operator, 'last axis, from the back', { ...rest, inputs: [smooth(2, 3, 4), axis(-1)] }),
  check(operator, 'rows', { ...rest, inputs: [smooth(4, 2), axis(0)] }),
  check(operator, 'one axis', { ...rest, inputs: [smooth(4), constant(fixed([1], [0], 'int32'))] }),
];

export const cumulativeCases: readonly Case[] = [
  ...cumulative('CumSum', { since: 11, linear: true }),
  check('CumSum', 'computed axis', { since: 11, inputs: [smooth(2, 4, 3), computed(axis(1))], attributes: { exclusive: 1 }, linear: true }),
  ...cumulative('CumProd', { since: 26 }),
  check('CumProd', 'zeros among the factors', { since: 26, inputs: [fixed([2, 4], [0.5, 0, -1, 2, 0, 1.5, 0, -0.5]), axis(1)] }),
  ...directions.map((attributes = {}) =>
    check('CumProd', `computed axis, ${Object.keys(attributes).join(' and ') || 'plain'}`, {
      since: 26,
      inputs: [smooth(2, 4, 3), computed(axis(attributes['reverse'] === undefined ? 1 : -2))],
      attributes,
    }),
  ),
];
