import { expect, it } from 'vitest';
import { elementsOf } from './elements.js';
import { encodeTensor } from './tensor.js';

it.each(['float32', 'float64', 'float16', 'int8', 'int32'] as const)('numbers of %s are edited where they lie', (type) => {
  const tensor = encodeTensor({ type, dims: [3], data: [1, 2, 3] }, 'weights');
  const elements = elementsOf(tensor);
  const other = encodeTensor({ type, dims: [3], data: [2, 1, 3] }, 'weights');
  const { size = 0, bytes = new Uint8Array() } = elements ?? {};
  expect(elements?.type).toBe(type);
  expect(bytes.length).toBe(3 * size);
  const first = bytes.slice(0, size);
  bytes.copyWithin(0, size, 2 * size);
  bytes.set(first, size);
  expect(tensor).toEqual(other);
});

it('packed float_data (4) counts, unpacked and variable-length numbers do not', () => {
  const [one, two] = [new Uint8Array(Float32Array.of(1).buffer), new Uint8Array(Float32Array.of(2).buffer)];
  const head = [8, 2, 16, 1]; // dims: 2, data_type: float32
  expect(elementsOf(Uint8Array.of(...head, 4 * 8 + 2, 8, ...one, ...two))?.bytes).toEqual(Uint8Array.of(...one, ...two));
  expect(elementsOf(Uint8Array.of(...head, 4 * 8 + 5, ...one, 4 * 8 + 5, ...two))).toBeUndefined();
  expect(elementsOf(Uint8Array.of(8, 2, 16, 3, 5 * 8 + 2, 2, 1, 2))).toBeUndefined(); // int8 in int32_data
});

it('numbers outside of the model are taken from there, and must be as many', () => {
  const tensor = Uint8Array.of(8, 2, 16, 1);
  const outside = new Uint8Array(8);
  expect(elementsOf(tensor, outside)?.bytes).toBe(outside);
  expect(elementsOf(tensor, new Uint8Array(7))).toBeUndefined();
});
