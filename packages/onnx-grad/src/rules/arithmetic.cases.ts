import { type Case, check, constant, fixed, grid, positive, smooth } from '../testing/case.js';
import { broadcasting } from '../testing/families.js';

export const arithmeticCases: readonly Case[] = [
  ...broadcasting('Add', (left, right) => [smooth(...left), smooth(...right)], { linear: true }),
  ...broadcasting('Sub', (left, right) => [smooth(...left), smooth(...right)], { linear: true }),
  ...broadcasting('Mul', (left, right) => [smooth(...left), smooth(...right)], { linear: true }),
  ...broadcasting('Div', (left, right) => [smooth(...left), positive(...right)]),
  check('Add', 'a value and itself as constant', { inputs: [smooth(2, 3), constant(smooth(3))], linear: true }),
  check('Sum', 'one', { inputs: [smooth(2, 3)], linear: true }),
  check('Sum', 'three of one shape', { inputs: [smooth(2, 3), smooth(2, 3), smooth(2, 3)], linear: true }),
  check('Sum', 'three that broadcast', { since: 8, inputs: [smooth(2, 1, 4), smooth(3, 1), smooth(4)], linear: true }),
  check('Neg', '', { inputs: [smooth(2, 3)], linear: true }),
  check('Abs', '', { inputs: [grid(2, 3, 4)] }),
  check('Exp', '', { inputs: [smooth(2, 3)] }),
  check('Log', '', { inputs: [positive(2, 3)] }),
  check('Sqrt', '', { inputs: [positive(2, 3)] }),
  check('Reciprocal', '', { inputs: [positive(2, 3)] }),
  check('Pow', 'square', { inputs: [grid(2, 3), constant(fixed([], [2]))] }),
  check('Pow', 'exponents that broadcast', { inputs: [positive(2, 3), constant(fixed([3], [2, -1, 0.5]))] }),
  check('Pow', 'base that broadcasts', { inputs: [positive(3, 1), constant(fixed([4], [2, 3, 0.5, 0]))] }),
  check('Pow', 'computed exponent', { inputs: [positive(2, 3), smooth(2, 3)] }),
  check('Pow', 'computed exponent that broadcasts', { inputs: [positive(2, 1, 3), smooth(2, 1)] }),
  check('Pow', 'exponent of zero', { wrt: [1], inputs: [constant(fixed([2], [0, 2])), positive(2)] }),
  check('Pow', 'integer exponent', { since: 12, inputs: [smooth(2, 3), constant(fixed([], [3], 'int64'))] }),
  check('Where', '', { since: 9, inputs: [fixed([2, 3], [1, 0, 1, 1, 0, 0], 'bool'), smooth(2, 3), smooth(2, 3)], linear: true }),
  check('Where', 'broadcasting', { since: 9, inputs: [fixed([2, 1], [1, 0], 'bool'), smooth(3), smooth(4, 1, 1)], linear: true }),
];
