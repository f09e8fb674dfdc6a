import { expect, test } from 'vitest';
import type { Tensor } from '../runtime/runtime.js';
import { inTypeOf } from './element-type.js';

const tensor: Tensor = { type: 'float32', dims: [1, 1, 1, 4], data: Float32Array.of(1, -2.4, 300.5, 2 ** -24) };
const as = (type: Parameters<typeof inTypeOf>[1]['type']) => inTypeOf(tensor, { name: 'x', type });

test('float32 as it is', () => {
  expect(as('float32')).toBe(tensor);
});

test.each([
  // 1, −2.4 ≈ −1.2002 · 2, 300.5 and the smallest number, as bits of IEEE 754 binary16.
  ['float16', Uint16Array.of(0x3c00, 0xc0cd, 0x5cb2, 0x0001)],
  ['float64', Float64Array.of(1, Math.fround(-2.4), 300.5, 2 ** -24)],
  ['uint8', Uint8Array.of(1, 0, 255, 0)],
  ['int8', Int8Array.of(1, -2, 127, 0)],
] as const)('%s', (type, data) => {
  expect(as(type)).toEqual({ type, dims: [1, 1, 1, 4], data });
});

test('a type in which no picture can be given', () => {
  expect(() => as('int32')).toThrow(/input 'x' takes int32, but pictures can be given as float32, float16/);
});
