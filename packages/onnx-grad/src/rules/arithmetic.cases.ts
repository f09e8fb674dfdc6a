import { type Case, check, constant, fixed, grid, positive, smooth } from '../testing/case.js';
import { broadcasting } from '../testing/families.js';
import { random } from '../testing/random.js';
import { count } from '../testing/tensor.js';

/** Tensors no two numbers of which are equal, so that the largest of any of them stays the largest. */
function apart(operator: string, shapes: readonly (readonly number[])[], since = 1): Case {
  const all = grid(shapes.reduce((sum, dims) => sum + count(dims), 0));
  const inputs = shapes.map((dims, index) => {
    const from = shapes.slice(0, index).reduce((sum, before) => sum + count(before), 0);
    return { ...all, dims, draw: () => all.draw(random(operator)).slice(from, from + count(dims)) };
  });
  return check(operator, shapes.map((dims) => `[${dims}]`).join(' '), { since, inputs });
}

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
  check('Pow', 'computed exponent of another type', { since: 12, inputs: [positive(2, 3), fixed([3], [0.5, 1.5, -1], 'float64')] }),
  check('Pow', 'exponent of zero', { wrt: [1], inputs: [constant(fixed([2], [0, 2])), positive(2)] }),
  check('Pow', 'integer exponent', { since: 12, inputs: [smooth(2, 3), constant(fixed([], [3], 'int64'))] }),
  check('Pow', 'powers of zero', { wrt: [0], inputs: [fixed([4], [0, 0, 0, 0.5]), constant(fixed([4], [2, 3, 4, 2]))] }),
  check('Pow', 'zeroth power of zero', { since: 9, wrt: [0], inputs: [fixed([2], [0, 1]), constant(fixed([2], [0, 2]))] }),
  check('Pow', 'computed zeroth power of zero', { since: 9, wrt: [0], inputs: [fixed([2], [0, 1]), fixed([2], [0, 2])] }),
  ...['Max', 'Min'].flatMap((operator) => [
    check(operator, 'one', { inputs: [grid(2, 3)] }),
    apart(operator, [
      [2, 3, 4],
      [2, 3, 4],
    ]),
    apart(operator, [
      [2, 3],
      [2, 3],
      [2, 3],
    ]),
    apart(operator, [[2, 1, 4], [3, 1], [4], []], 8),
    apart(
      operator,
      [
        [1, 4],
        [3, 1],
      ],
      8,
    ),
    check(operator, 'a constant bound', { since: 8, inputs: [grid(2, 3, 4), constant(fixed([], [0]))] }),
  ]),
  check('Mean', 'one', { inputs: [smooth(2, 3)], linear: true }),
  check('Mean', 'three of one shape', { inputs: [smooth(2, 3), smooth(2, 3), smooth(2, 3)], linear: true }),
  check('Mean', 'three that broadcast', { since: 8, inputs: [smooth(2, 1, 4), smooth(3, 1), smooth(4)], linear: true }),
  // Quotients of ±0.5, ±1.5, ±2.5: halfway between two steps.
  ...[fixed([3], [0.8, 0.8, -0.8]), fixed([2, 1], [0.8, -0.8]), fixed([], [0.8])].map((divisor) =>
    check('Mod', `fmod by [${divisor.dims}]`, {
      since: 10,
      inputs: [fixed([2, 3], [1.2, 2, -1.2, 0.4, -0.4, -2]), divisor],
      attributes: { fmod: 1 },
    }),
  ),
  check('Where', '', { since: 9, inputs: [fixed([2, 3], [1, 0, 1, 1, 0, 0], 'bool'), smooth(2, 3), smooth(2, 3)], linear: true }),
  check('Where', 'broadcasting', { since: 9, inputs: [fixed([2, 1], [1, 0], 'bool'), smooth(3), smooth(4, 1, 1)], linear: true }),
];
