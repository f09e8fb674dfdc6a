import { describe, expect, test } from 'vitest';
import type { RgbImage } from './image.js';
import { colorize, overlay, overlayHeatmap } from './overlay.js';
import { placeHeatmap } from './place.js';

const image: RgbImage = {
  width: 3,
  height: 2,
  data: Uint8Array.of(10, 200, 30, 0, 0, 0, 255, 255, 255, 90, 80, 70, 128, 64, 32, 5, 250, 125),
};
const heatmap = { width: 3, height: 2, data: Float32Array.of(0, 0.25, 1, 0.5, 0.7, 0.999) };
const all = { left: 0, top: 0, width: 3, height: 2 };

describe('overlay', () => {
  test('half picture, half jet, rounded to nearest (worked by hand)', () => {
    // Jet at 0, 64, 255: (0 0 128), (0 128 255), (128 0 0).
    const { data } = overlay(image, { heatmap, seen: all });
    expect([...data.subarray(0, 9)]).toEqual([5, 100, 79, 0, 64, 128, 192, 128, 128]);
  });

  test('the hottest pixel of a white picture does not wrap around', () => {
    const white = { width: 1, height: 1, data: Uint8Array.of(255, 255, 255) };
    const hot = { width: 1, height: 1, data: Float32Array.of(1) };
    const placed = { heatmap: hot, seen: { left: 0, top: 0, width: 1, height: 1 } };
    expect([...overlay(white, placed, { colormap: 'greys' }).data]).toEqual([255, 255, 255]);
    expect([...overlay(white, placed, { alpha: 0 }).data]).toEqual([255, 255, 255]);
    expect([...overlay(white, placed, { alpha: 1 }).data]).toEqual([128, 0, 0]);
  });

  test('what was not seen is dark and nearly grey', () => {
    const { data } = overlay(image, { heatmap, seen: { left: 0, top: 0, width: 2, height: 2 } });
    // White: 0.35 · 255. (5, 250, 125) has luma 162: 0.35 · (0.75 · 162 + 0.25 · channel).
    expect([...data.subarray(6, 9)]).toEqual([89, 89, 89]);
    expect([...data.subarray(15, 18)]).toEqual([43, 64, 53]);
  });

  // Origin: OpenCV 5.0 and NumPy, the five lines of show_cam_on_image; tolerance 1 level (float32 against float64 at a truncation).
  test.each([
    [0.5, [6, 133, 105, 0, 82, 169, 255, 169, 169, 143, 223, 133, 255, 162, 21, 91, 166, 83]],
    [0.3, [8, 164, 69, 0, 43, 89, 255, 209, 209, 118, 155, 103, 195, 116, 26, 50, 205, 102]],
  ])('pytorch-grad-cam, alpha %f', (alpha, expected) => {
    const { data } = overlay(image, { heatmap, seen: all }, { alpha, compat: 'pytorch-grad-cam' });
    for (const [i, value] of expected.entries()) expect(Math.abs((data[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(1);
  });

  test('pytorch-grad-cam: an all-black sum stays black', () => {
    const black = { width: 1, height: 1, data: new Uint8Array(3) };
    const placed = { heatmap: { width: 1, height: 1, data: new Float32Array(1) }, seen: { left: 0, top: 0, width: 1, height: 1 } };
    expect([...overlay(black, placed, { colormap: 'greys', compat: 'pytorch-grad-cam' }).data]).toEqual([0, 0, 0]);
  });

  test('refuses a heatmap of another size and an alpha outside of 0 … 1', () => {
    const small = { width: 1, height: 1, data: Float32Array.of(1) };
    expect(() => overlay(image, { heatmap: small, seen: all })).toThrow('got 1 × 1 for a picture of 3 × 2; place it with placeHeatmap');
    expect(() => overlay(image, { heatmap, seen: all }, { alpha: Number.NaN })).toThrow('expected an alpha of 0 … 1, got NaN');
    expect(() => overlay(image, { heatmap, seen: all }, { alpha: 1.1 })).toThrow(expect.objectContaining({ code: 'limit' }));
  });
});

test.each([undefined, 'pytorch-grad-cam'] as const)('overlayHeatmap places and lays over, compat %s', (compat) => {
  const photo = { width: 40, height: 30, data: Uint8Array.from({ length: 3600 }, (_, i) => (i * 7919) % 251) };
  const map = { width: 12, height: 12, data: Float32Array.from({ length: 144 }, (_, i) => Math.abs(Math.sin(i / 9))) };
  // The input covers a part of the picture, and lies over its lower edge.
  for (const placement of [
    { left: 5, top: 2, scaleX: 2.5, scaleY: 2.25 },
    { left: -3.4, top: 10.2, scaleX: 0.7, scaleY: 3.1 },
  ]) {
    const options = { alpha: 0.3, colormap: 'inferno', ...(compat && { compat }) } as const;
    expect(overlayHeatmap(photo, map, placement, options)).toEqual(overlay(photo, placeHeatmap(map, placement, photo), options));
  }
});

test('colorize: the heatmap alone, NaN as 0', () => {
  const map = { width: 3, height: 1, data: Float32Array.of(0, 1, Number.NaN) };
  expect([...colorize(map).data]).toEqual([0, 0, 128, 128, 0, 0, 0, 0, 128]);
});
