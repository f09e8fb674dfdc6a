import { expect, test } from 'vitest';
import { model } from '../testing/model.js';
import { readModel } from './read.js';

const withAxis = (value: number) =>
  model({
    opset: 9,
    inputs: [],
    outputs: ['y'],
    nodes: [{ opType: 'Slice', inputs: ['x'], outputs: ['y'], attributes: { ends: [value] } }],
  });

test('the largest integer is written as it was read, not as the smallest', () => {
  const bytes = withAxis(2 ** 63);
  // Field 8, then 2⁶³ − 1.
  expect(Buffer.from(bytes).includes(Buffer.of(64, 255, 255, 255, 255, 255, 255, 255, 255, 127))).toBe(true);
  expect(readModel(bytes).nodes[0]?.attributes.get('ends')?.ints).toEqual([2 ** 63]);
  expect(readModel(withAxis(-(2 ** 63))).nodes[0]?.attributes.get('ends')?.ints).toEqual([-(2 ** 63)]);
});

test.each([2 ** 64, Number.NaN, 0.5, Number.POSITIVE_INFINITY])('%d is no integer of 64 bits', (value) => {
  expect(() => withAxis(value)).toThrow(/comes to .*; are the shapes and attributes of the model sound\?/);
});
