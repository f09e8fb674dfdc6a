import { expect, test } from 'vitest';
import { build } from '../testing/build.js';
import { check, fixed } from '../testing/case.js';
import { differentiate } from '../testing/differentiate.js';

test.each([1, 2])('LpNormalization, p %i: a row of zeros, whose output is 0, gets no gradient, and the next one its own', async (p) => {
  const model = build(check('LpNormalization', '', { inputs: [fixed([2, 2], [0, 0, 3, 4])], attributes: { p } }), 13, 'fixed');
  const cotangent = { type: 'float32', dims: [2, 2], data: [1, 2, 7, 0] } as const;
  const { gradients } = await differentiate(model, ['x0'], [cotangent], { symbolic: false, name: 'first' });
  // y = x / 7: (g − Σ g ⊙ y) / 7; y = x / 5: (g − y · Σ g ⊙ y) / 5
  const expected = p === 1 ? [0, 0, 4 / 7, -3 / 7] : [0, 0, 0.896, -0.672];
  gradients['x0']?.data.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 6);
  });
});
