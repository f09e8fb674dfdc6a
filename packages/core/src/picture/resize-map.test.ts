import { expect, test } from 'vitest';
import { resizeMap } from './resize-map.js';

const map = { width: 3, height: 2, data: Float32Array.of(0, 1, 4, 9, 16, 25) };

// Origin: OpenCV 5.0, cv2.resize(INTER_LINEAR) in float32; tolerance 1e-6 of the largest value.
test.each([
  [5, 4, [0, 0.4, 1, 2.8, 4, 2.25, 3.25, 4.75, 7.45, 9.25, 6.75, 8.95, 12.25, 16.75, 19.75, 9, 11.8, 16, 21.4, 25]],
  [2, 1, [5.5, 13]],
])('to %i × %i as OpenCV', (width, height, expected) => {
  const { data } = resizeMap(map, width, height);
  expect(data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs((data[i] ?? Number.NaN) - value)).toBeLessThan(25e-6);
});

test('a single value spreads over everything', () => {
  expect([...resizeMap({ width: 1, height: 1, data: Float32Array.of(0.5) }, 3, 2).data]).toEqual(Array(6).fill(0.5));
});

test('refuses a map whose size is wrong', () => {
  expect(() => resizeMap({ ...map, height: 3 }, 2, 2)).toThrow('expected a map of width · height values, got 6 values for 3 × 3');
});
