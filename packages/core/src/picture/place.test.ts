import { describe, expect, test } from 'vitest';
import { placeHeatmap, scalePlacement } from './place.js';

describe('placeHeatmap', () => {
  test('a centre crop: pixels outside are 0 and not seen', () => {
    // A 2 × 2 input over the middle 4 × 4 pixels of 8 × 6: one input position covers 2 × 2 pixels.
    const heatmap = { width: 2, height: 2, data: Float32Array.of(1, 1, 1, 1) };
    const { heatmap: out, seen } = placeHeatmap(heatmap, { left: 2, top: 1, scaleX: 2, scaleY: 2 }, { width: 8, height: 6 });
    expect(seen).toEqual({ left: 2, top: 1, width: 4, height: 4 });
    expect(out.data.reduce((sum, v) => sum + v, 0)).toBe(16);
    expect([out.data[8 + 1], out.data[8 + 2], out.data[4 * 8 + 5], out.data[4 * 8 + 6], out.data[5 * 8 + 2]]).toEqual([0, 1, 1, 0, 0]);
  });

  test('bilinear between input positions, clamped at the input\u2019s edge (worked by hand)', () => {
    const heatmap = { width: 2, height: 1, data: Float32Array.of(0, 1) };
    const { heatmap: out } = placeHeatmap(heatmap, { left: 0, top: 0, scaleX: 2, scaleY: 1 }, { width: 4, height: 1 });
    expect([...out.data]).toEqual([0, 0.25, 0.75, 1]);
  });

  test('a letterbox: the border of the input lies outside of the picture', () => {
    // 4 × 2 pixels in a 4 × 4 input, padded at the bottom.
    const heatmap = { width: 4, height: 4, data: Float32Array.from({ length: 16 }, (_, i) => i) };
    const { heatmap: out, seen } = placeHeatmap(heatmap, { left: 0, top: 0, scaleX: 1, scaleY: 1 }, { width: 4, height: 2 });
    expect(seen).toEqual({ left: 0, top: 0, width: 4, height: 2 });
    expect([...out.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('a layer\u2019s grid is spread over the input when the size of the input is given', () => {
    const heatmap = { width: 2, height: 1, data: Float32Array.of(0, 1) };
    const placement = { left: 0, top: 0, scaleX: 1, scaleY: 1 };
    const { heatmap: out } = placeHeatmap(heatmap, placement, { width: 4, height: 1 }, { width: 4, height: 1 });
    expect([...out.data]).toEqual([0, 0.25, 0.75, 1]);
  });

  test('an input that misses the picture leaves nothing seen', () => {
    const heatmap = { width: 1, height: 1, data: Float32Array.of(1) };
    const { heatmap: out, seen } = placeHeatmap(heatmap, { left: 50, top: 0, scaleX: 1, scaleY: 1 }, { width: 4, height: 1 });
    expect(seen.width * seen.height).toBe(0);
    expect([...out.data]).toEqual([0, 0, 0, 0]);
  });
});

test('scalePlacement: on a picture of half the size, everything is half', () => {
  expect(scalePlacement({ left: 10, top: 4, scaleX: 3, scaleY: 2 }, 0.5, 0.5)).toEqual({ left: 5, top: 2, scaleX: 1.5, scaleY: 1 });
});
