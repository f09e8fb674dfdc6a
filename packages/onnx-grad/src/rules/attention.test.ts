import { expect, test } from 'vitest';
import { check, fixed, type Input, smooth } from '../testing/case.js';
import { TOLERANCE, verify } from '../testing/check.js';
import { rules } from './table.js';

const rows = [
  [1, 1, 0],
  [0, 0, 0],
  [1, 0, 1],
];

/** A query that may look nowhere: ONNX Runtime gives it zeros in float32, and 0 / 0 in float64, so it is checked here alone. */
test.each<[string, Input]>([
  ['a boolean', fixed([3, 3], rows.flat(), 'bool')],
  [
    'an infinite',
    fixed(
      [3, 3],
      rows.flat().map((open) => (open === 1 ? 0 : -Infinity)),
    ),
  ],
])('the gradient of a query that %s mask hides from all keys', async (title, mask) => {
  const rule = rules.find(({ domain, operator }) => domain === '' && operator === 'Attention');
  if (rule === undefined) throw new Error('Attention has no rule');
  const c = check('Attention', title, { inputs: [smooth(1, 2, 3, 4), smooth(1, 2, 3, 4), smooth(1, 2, 3, 2), mask], wrt: [0, 1, 2] });
  const { gradient, second } = await verify(c, rule, 26);
  expect(gradient.fixed).toBeLessThan(TOLERANCE.smooth);
  expect(second).toBeLessThan(TOLERANCE.smooth);
});
