import { expect, it } from 'vitest';
import { fewestFor, type Grid, isFlat, orderOf, percent, positionAt, rectangleOf, shareOf, signed, stepFrom } from './take-apart.js';

/** A picture of 300 × 200 whose middle 200 × 200 the network saw at 100 × 100, on a grid of 4 × 2. */
const grid: Grid = {
  width: 4,
  height: 2,
  placement: { left: 50, top: 0, scaleX: 2, scaleY: 2 },
  input: { width: 100, height: 100 },
  picture: { width: 300, height: 200 },
};

it('finds the position under a point, and none where the network saw nothing', () => {
  expect(positionAt(grid, 51 / 300, 0.01)).toBe(0);
  expect(positionAt(grid, 249 / 300, 0.99)).toBe(7);
  expect(positionAt(grid, 0.5, 0.6)).toBe(6);
  expect(positionAt(grid, 49 / 300, 0.5)).toBeUndefined();
  expect(positionAt(grid, 251 / 300, 0.5)).toBeUndefined();
});

it('finds the rectangle of a position, in whose middle that position is', () => {
  expect(rectangleOf(grid)).toEqual({ left: 50 / 300, top: 0, width: 200 / 300, height: 1 });
  for (let position = 0; position < 8; position++) {
    const { left, top, width, height } = rectangleOf(grid, position);
    expect(positionAt(grid, left + width / 2, top + height / 2)).toBe(position);
  }
});

it('steps within the grid, from the middle', () => {
  expect(stepFrom(grid, undefined, 1, 0)).toBe(6);
  expect(stepFrom(grid, 0, -1, -1)).toBe(0);
  expect(stepFrom(grid, 3, 1, 1)).toBe(7);
  expect(stepFrom(grid, 5, -1, -1)).toBe(0);
});

it('says how few channels make a share', () => {
  const shares = [0.1, 0.5, 0, 0.4];
  expect([0.5, 0.51, 0.9, 1].map((wanted) => fewestFor(shares, wanted))).toEqual([1, 2, 2, 3]);
  expect(fewestFor([0, 0], 0.8)).toBe(0);
  expect(shareOf(shares, [0, 3])).toBeCloseTo(0.5, 12);
});

it('orders channels by weight, contribution, or what they say at a position', () => {
  const volume = { channels: 3, width: 2, height: 1, data: Float32Array.of(1, 0, 0, 9, 2, 2) };
  const parts = {
    layer: '',
    class: 0,
    score: 0,
    weights: Float32Array.of(-3, 1, 2),
    activations: volume,
    gradients: volume,
    map: { width: 2, height: 1, data: Float32Array.of(1, 13) },
  };
  const shares = [3 / 20, 9 / 20, 8 / 20];
  expect(orderOf(parts, shares, 'weight', 1)).toEqual([0, 2, 1]);
  expect(orderOf(parts, shares, 'contribution', 1)).toEqual([1, 2, 0]);
  expect(orderOf(parts, shares, 'here', 0)).toEqual([2, 0, 1]);
  expect(orderOf(parts, shares, 'here', undefined)).toEqual([0, 2, 1]);
});

it('sees whether gradients are the same at all positions', () => {
  const volume = (...data: number[]) => ({ channels: 2, width: 2, height: 1, data: Float32Array.from(data) });
  expect(isFlat(volume(3, 3, -2, -2))).toBe(true);
  expect(isFlat(volume(3, 3, -2, -2.1))).toBe(false);
});

it.each([
  [0, '0'],
  [0.1234, '+0.12'],
  [-0.1, '−0.1'],
  [-12.34, '−12'],
  [123.4, '+123'],
  [0.00012, '+1.2e−4'],
])('writes %d as %s', (value, text) => {
  expect(signed(value)).toBe(text);
});

it.each([
  [0, '0 %'],
  [0.004, '< 1 %'],
  [0.8, '80 %'],
  [0.996, '> 99 %'],
  [1 - 1e-12, '100 %'],
  [1, '100 %'],
])('writes a share of %d as %s', (share, text) => {
  expect(percent(share)).toBe(text);
});
