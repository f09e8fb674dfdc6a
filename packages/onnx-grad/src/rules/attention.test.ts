import { expect, test } from 'vitest';
import { type Case, check, fixed, type Input, smooth } from '../testing/case.js';
import { TOLERANCE, verify } from '../testing/check.js';
import { rules } from './table.js';

/** What ONNX Runtime 1.30 computes rightly in float32 alone: in float64 it divides 0 by 0, and counts causal keys wrongly where some are padding. */
const [query, key, value] = [smooth(2, 2, 3, 4), smooth(2, 2, 3, 4), smooth(2, 2, 3, 2)];
const open = [1, 1, 0, 0, 0, 0, 1, 0, 1];
const infinite = open.map((one) => (one === 1 ? 0 : -Infinity));
const padding: Input = fixed([2], [1, 3], 'int64');

test.each<[string, Case['inputs'], Case['attributes']]>([
  ['a query that a boolean mask hides from all keys', [query, key, value, fixed([3, 3], open, 'bool')], {}],
  ['a query that an infinite mask hides from all keys', [query, key, value, fixed([3, 3], infinite)], {}],
  ['another number of keys in each row', [query, key, value, undefined, undefined, undefined, padding], {}],
  ['another number of keys in each row, causal', [query, key, value, undefined, undefined, undefined, padding], { is_causal: 1 }],
])('Attention: %s', async (title, inputs, attributes = {}) => {
  const rule = rules.find(({ domain, operator }) => domain === '' && operator === 'Attention');
  if (rule === undefined) throw new Error('Attention has no rule');
  const c = check('Attention', title, { inputs, attributes, wrt: [0, 1, 2], anyBatch: false });
  const { gradient, second } = await verify(c, rule, 26);
  for (const error of Object.values(gradient)) expect(error).toBeLessThan(TOLERANCE.smooth);
  expect(second).toBeLessThan(TOLERANCE.smooth);
});
