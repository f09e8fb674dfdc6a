import { describe, expect, test } from 'vitest';
import { build } from '../testing/build.js';
import { check, fixed, smooth } from '../testing/case.js';
import { differentiate } from '../testing/differentiate.js';

/** Where several are the largest, the differences do not exist: the gradient goes to the first of them, in both forms of the rule. */
describe('ties', () => {
  const ties = [1, 2, 2, 0, 2, 2, 0, 0, 0, 0, 0, 0];
  for (const opset of [7, 9, 11, 13, 16, 26]) {
    test(`MaxPool, windows apart, operator set ${opset}`, async () => {
      const c = check('MaxPool', '', { inputs: [fixed([1, 1, 3, 4], ties)], attributes: { kernel_shape: [3, 2], strides: [3, 2] } });
      const { gradients } = await differentiate(build(c, opset, 'fixed'), ['x0'], [{ type: 'float32', dims: [1, 1, 1, 2], data: [3, 5] }], {
        symbolic: false,
        name: 'first',
      });
      expect(gradients['x0']?.data).toEqual([0, 3, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    });

    test(`MaxPool, windows that overlap, zeros beside zeros outside, operator set ${opset}`, async () => {
      const c = check('MaxPool', '', { inputs: [fixed([1, 1, 4], [0, 0, -1, -1])], attributes: { kernel_shape: [3], pads: [1, 1] } });
      const { gradients } = await differentiate(
        build(c, opset, 'fixed'),
        ['x0'],
        [{ type: 'float32', dims: [1, 1, 4], data: [1, 2, 4, 8] }],
        {
          symbolic: false,
          name: 'first',
        },
      );
      expect(gradients['x0']?.data).toEqual([3, 4, 8, 0]);
    });

    test(`GlobalMaxPool, operator set ${opset}`, async () => {
      const c = check('GlobalMaxPool', '', { inputs: [fixed([1, 1, 3, 4], ties)] });
      const { gradients } = await differentiate(build(c, opset, 'fixed'), ['x0'], [{ type: 'float32', dims: [1, 1, 1, 1], data: [3] }], {
        symbolic: false,
        name: 'first',
      });
      expect(gradients['x0']?.data).toEqual([0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    });
  }
});

test('MaxPool in float64 with windows that overlap is refused where cotangents cannot be added', async () => {
  const model = build(check('MaxPool', '', { inputs: [smooth(1, 1, 3, 3)], attributes: { kernel_shape: [2, 2] } }), 13, 'fixed', {
    type: 'float64',
  });
  const cotangent = { type: 'float64', dims: [1, 1, 2, 2], data: [1, 2, 3, 4] } as const;
  await expect(differentiate(model, ['x0'], [cotangent], { symbolic: false, name: 'first' })).rejects.toThrow(
    'the gradient of MaxPool in float64, where windows overlap, needs operator set 16, but the model imports 13',
  );
});
