import { expect, test } from 'vitest';
import { dimensionOf, over, productOf, sizeOf, times } from './size.js';
import type { Dimension } from './types.js';

const divided = (one: readonly Dimension[], other: readonly Dimension[]) => {
  const quotient = over(productOf(one) ?? { count: Number.NaN, symbols: [] }, productOf(other) ?? { count: Number.NaN, symbols: [] });
  return quotient && dimensionOf(quotient);
};
const product = (...sizes: readonly Dimension[]) => dimensionOf(productOf(sizes) ?? { count: Number.NaN, symbols: [] });

test('products are written in one way', () => {
  expect(product(7, 'rows', 'batch', 2)).toBe('14*batch*rows');
  expect(product('14*rows', 'batch')).toBe(product('batch', 2, 7, 'rows'));
  expect(product(1, 'batch')).toBe('batch');
  expect(product(0, 'batch')).toBe(0);
  expect(productOf([3, ''])).toBeUndefined();
});

test('quotients are whole or unknown', () => {
  expect(divided(['64*batch', 49], [64, 7])).toBe('7*batch');
  expect(divided(['batch', 6], ['batch'])).toBe(6);
  expect(divided(['batch', 6], [4])).toBeUndefined();
  expect(divided([6], ['batch'])).toBeUndefined();
  expect(divided([6], [0])).toBeUndefined();
});

test('an expression of an exporter is one symbol, of which no product is written', () => {
  const side = '2*(height//2) - 1*rest';
  expect(sizeOf(side)).toEqual({ count: 1, symbols: [side] });
  expect(divided([side, 12], [12])).toBe(side);
  expect(product(side, 2)).toBe('');
  expect(dimensionOf(times({ count: -1, symbols: [] }, { count: 1, symbols: ['batch'] }))).toBe('');
});
