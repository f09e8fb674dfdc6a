import { expect, test } from 'vitest';
import { build } from '../testing/build.js';
import { check, fixed, grid } from '../testing/case.js';
import { differentiate } from '../testing/differentiate.js';

const fixedSizes = { symbolic: false, name: 'first' };

test.each(['ReduceMax', 'ReduceMin', 'Max', 'Min'])('three that tie share the cotangent of %s evenly', async (operator) => {
  const reduces = operator.startsWith('Reduce');
  const inputs = reduces ? [fixed([3], [2, 2, 2])] : [1, 2, 3].map(() => fixed([1], [2]));
  const wrt = inputs.map((_, index) => `x${index}`);
  const { gradients } = await differentiate(
    build(check(operator, '', { inputs }), 13, 'fixed'),
    wrt,
    [{ type: 'float32', dims: [1], data: [6] }],
    fixedSizes,
  );
  expect(wrt.flatMap((name) => gradients[name]?.data ?? [])).toEqual([2, 2, 2]);
});

test('a product of very many factors is refused', async () => {
  const model = build(check('ReduceProd', '', { inputs: [grid(1, 1025)] }), 13, 'fixed');
  await expect(differentiate(model, ['x0'], [{ type: 'float32', dims: [1, 1], data: [1] }], fixedSizes)).rejects.toThrow(
    "ReduceProd node 'y0' cannot be differentiated: expected axis 1 of its input to be of at most 1024: multiply in several steps, or add logarithms, but it is of 1025 factors",
  );
});
