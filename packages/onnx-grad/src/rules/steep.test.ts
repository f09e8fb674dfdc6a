import { expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import { model } from '../testing/model.js';
import { answer } from '../testing/session.js';
import { above, below, isStep } from './steep.js';

const identity = model({
  opset: 13,
  nodes: [{ opType: 'Identity', inputs: ['x'], outputs: ['y'], attributes: {} }],
  inputs: [{ name: 'x', type: 'float32', dims: ['n'] }],
  outputs: ['y'],
});

/** A number of float32 and the ones next to it. */
function around(number: number): number[] {
  const [float, bits] = [Float32Array.of(number), new Int32Array(1)];
  bits.set(new Int32Array(float.buffer));
  const next = (step: number) => new Float32Array(Int32Array.of((bits[0] ?? 0) + step).buffer)[0] ?? Number.NaN;
  return [next(-1), number, next(1)];
}

test.each([0, 1, 6, -1, 3, 0.1, 1e-20, -2.5e6])('the masks are exact beside the bound %d', async (at) => {
  const b = new GraphBuilder(readModel(identity));
  const bound = b.constant('float32', [], [at]);
  b.output('above', above(b, 'x', bound) ?? '');
  b.output('below', below(b, 'x', bound) ?? '');
  const float = Math.fround(at);
  // The smallest number of float32 that is normal stands beside 0.
  const numbers = [...(at === 0 ? [-(2 ** -126), 0, 2 ** -126] : around(float)), -3e38, -7, -0.3, 0, 0.3, 7, 3e38];
  const x = { type: 'float32', dims: [numbers.length], data: numbers } as const;
  const masks = await answer(b.append(), { x });
  expect(masks['above']?.data).toEqual(numbers.map((number) => (number > float ? 1 : 0)));
  expect(masks['below']?.data).toEqual(numbers.map((number) => (number < float ? 1 : 0)));
});

test('bounds out of range, or computed, have none; a HardSigmoid of a network is none', () => {
  const b = new GraphBuilder(readModel(identity));
  expect(above(b, 'x', b.constant('float32', [], [1e10]))).toBeUndefined();
  expect(above(b, 'x', 'y')).toBeUndefined();
  expect(isStep(0.2)).toBe(false);
});
