import type { ImageInput } from '@gradcam/core';
import { expect, it } from 'vitest';
import { tensorOf } from './numbers.js';

const input: ImageInput = { name: 'x', type: 'float32', layout: 'NCHW', batch: 'n', channels: 1, height: 2, width: 3 };
const picture = [
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
];

it('rows of numbers are the input, with or without its batch', () => {
  const expected = { type: 'float32', dims: [1, 1, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  expect(tensorOf(picture, input, 'a')).toEqual(expected);
  expect(tensorOf([picture], input, 'a')).toEqual(expected);
});

it('in the type of the input', () => {
  expect(tensorOf(picture, { ...input, type: 'uint8' }, 'a').data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
});

it.each([
  [
    'rows of other lengths',
    [
      [
        [1, 2, 3],
        [4, 5],
      ],
    ],
  ],
  ['rows that claim more than there is', [[Array(1000).fill(0)], 1]],
  [
    'words',
    [
      [
        ['1', '2', '3'],
        ['4', '5', '6'],
      ],
    ],
  ],
  [
    'what float32 does not hold',
    [
      [
        [1, 2, 3],
        [4, 5, 1e300],
      ],
    ],
  ],
  ['too many brackets', [[[[[[1]]]]]]],
])('%s: an error', (_, values) => {
  expect(() => tensorOf(values, input, 'instances[0]')).toThrow(
    /^expected 'instances\[0\]' (to be finite numbers in rows of the same length|in the shape of the model's input)/,
  );
});

it('another shape, or several pictures: an error', () => {
  expect(() => tensorOf([[[1]]], input, 'a')).toThrow(
    "expected 'a' in the shape of the model's input 'x', [n, 1, 2, 3], but it is [1, 1, 1]",
  );
  expect(() => tensorOf([picture, picture], input, 'a')).toThrow("expected one picture as 'a', but it holds 2");
});
