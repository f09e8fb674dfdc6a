import { expect, test } from 'vitest';
import { random } from '../testing/random.js';
import { fromBrain, fromHalf, toBrain, toHalf } from './half.js';

const formats = [
  ['float16', fromHalf, toHalf],
  ['bfloat16', fromBrain, toBrain],
] as const;

test.each(formats)('every %s is written as it was read', (_, from, to) => {
  const wrong = Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => {
    const value = from(bits);
    return Number.isNaN(value) ? !Number.isNaN(from(to(value))) : to(value) !== bits;
  });
  expect(wrong).toEqual([]);
});

test.each(formats)('numbers between two of %s go to the nearer one, those in the middle to the even one', (name, from, to) => {
  const next = random(name);
  const last = to(Number.POSITIVE_INFINITY) - 1;
  const wrong: number[] = [];
  for (let round = 0; round < 20_000; round++) {
    const below = Math.floor(next() * last);
    const middle = (from(below) + from(below + 1)) / 2;
    const nudge = middle * 2 ** -50;
    const [sign, bit] = next() < 0.5 ? [-1, 0x8000] : [1, 0];
    const rounded = [middle, middle - nudge, middle + nudge].map((value) => to(sign * value) - bit);
    if (rounded.join() !== [below + (below % 2), below, below + 1].join()) wrong.push(middle);
  }
  expect(wrong).toEqual([]);
});

test('known numbers', () => {
  // IEEE 754 binary16: 1, the largest, the smallest normal, the smallest.
  expect([1, 65_504, 2 ** -14, 2 ** -24].map(toHalf)).toEqual([0x3c00, 0x7bff, 0x0400, 0x0001]);
  expect([2 ** -25, 2 ** -25 * 1.01, 65_519.9, 65_520, -1e9, -0].map(toHalf)).toEqual([0, 1, 0x7bff, 0x7c00, 0xfc00, 0x8000]);
  expect([1, -2, 3.389_531_389_251_535_5e38, 1e39].map(toBrain)).toEqual([0x3f80, 0xc000, 0x7f7f, 0x7f80]);
});
