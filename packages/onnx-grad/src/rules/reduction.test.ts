import { expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import { gradient } from '../differentiate/gradient.js';
import { build } from '../testing/build.js';
import { check, fixed, grid } from '../testing/case.js';
import { differentiate } from '../testing/differentiate.js';
import { model } from '../testing/model.js';

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

test('a product along more axes than there are is refused', () => {
  const inputs = [
    { name: 'x', type: 'float32', dims: [2, 3] },
    { name: 'axes', type: 'int64', dims: [2 ** 53 - 1] },
  ] as const;
  const bytes = model({ opset: 18, inputs, outputs: ['y'], nodes: [{ opType: 'ReduceProd', inputs: ['x', 'axes'], outputs: ['y'] }] });
  const b = new GraphBuilder(readModel(bytes));
  expect(() => gradient(b, new Map([['y', 'y']]), ['x'])).toThrow(
    "ReduceProd node 'y' cannot be differentiated: expected the number of its axes ('axes') to be at most 2, the rank of its input, but it is 9007199254740991",
  );
});
