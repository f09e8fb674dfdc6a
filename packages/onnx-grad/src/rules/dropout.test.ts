import { expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import { gradient } from '../differentiate/gradient.js';
import { build } from '../testing/build.js';
import { check, constant, fixed, smooth } from '../testing/case.js';
import { answer, learnFacts } from '../testing/session.js';

test.each([
  [0.25, true],
  [0.25, false],
  [undefined, true],
])('in training the gradient passes where the mask of the same run is true: ratio %s, training_mode constant %s', async (ratio, known) => {
  const mode = fixed([], [1], 'bool');
  const c = check('Dropout', '', {
    inputs: [smooth(8, 8), ratio === undefined ? undefined : constant(fixed([], [ratio])), known ? constant(mode) : mode],
    outputs: 2,
  });
  const { bytes, tensors } = build(c, 13, 'fixed');
  const graph = readModel(bytes);
  const b = new GraphBuilder(graph, await learnFacts(graph, tensors));
  b.output('dx', gradient(b, new Map([['y0', b.constant('float32', [1, 8], [1, 2, 3, 4, 5, 6, 7, 8])]]), ['x0']).get('x0') ?? '');
  const { dx, y1: mask } = await answer(b.append(), tensors);
  const passed = mask?.data ?? [];
  expect(new Set(passed)).toEqual(new Set([0, 1]));
  expect(dx?.data).toEqual(passed.map((pass, index) => (pass === 0 ? 0 : Math.fround(((index % 8) + 1) / (1 - (ratio ?? 0.5))))));
});
