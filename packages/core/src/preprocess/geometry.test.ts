import { describe, expect, test } from 'vitest';
import { geometryOf } from './geometry.js';

describe('geometryOf', () => {
  // Origin: torchvision's Resize (long side ⌊256 · long / short⌋) and CenterCrop (round half to even), worked by hand.
  test.each([
    [500, 375, 341, 256, 58, 16],
    [375, 500, 256, 341, 16, 58],
    [640, 480, 341, 256, 58, 16],
    // (257 − 224) / 2 = 16.5 rounds to 16; (259 − 224) / 2 = 17.5 rounds to 18.
    [257, 256, 257, 256, 16, 16],
    [259, 256, 259, 256, 18, 16],
    [1, 1, 256, 256, 16, 16],
  ])('crop of %i × %i: resized to %i × %i, cut at (%i, %i)', (width, height, resizedWidth, resizedHeight, left, top) => {
    const geometry = geometryOf({ width, height }, { size: [224, 224], fit: 'crop', crop: 0.875 });
    expect(geometry).toMatchObject({ width: resizedWidth, height: resizedHeight, window: { left, top, width: 224, height: 224 } });
  });

  test('crop to a size that is not square covers it', () => {
    // Target 100 × 50 / 0.5 = 200 × 100; a square picture is resized to 200 × 200.
    const geometry = geometryOf({ width: 400, height: 400 }, { size: [50, 100], fit: 'crop', crop: 0.5 });
    expect(geometry).toMatchObject({ width: 200, height: 200, window: { left: 50, top: 75, width: 100, height: 50 } });
    expect(geometry.placement).toEqual({ left: 100, top: 150, scaleX: 2, scaleY: 2 });
  });

  test('fill stretches', () => {
    const { placement, window } = geometryOf({ width: 640, height: 120 }, { size: [60, 80], fit: 'fill', crop: 0.875 });
    expect(placement).toEqual({ left: 0, top: 0, scaleX: 8, scaleY: 2 });
    expect(window).toEqual({ left: 0, top: 0, width: 80, height: 60 });
  });

  test.each([
    [1280, 720, 640, 360],
    [720, 1280, 360, 640],
    [333, 640, 333, 640],
    [100000, 1, 640, 1],
  ])('letterbox of %i × %i in 640 × 640 is %i × %i at the top left', (width, height, resizedWidth, resizedHeight) => {
    const geometry = geometryOf({ width, height }, { size: [640, 640], fit: 'letterbox', crop: 0.875 });
    expect(geometry.window).toEqual({ left: 0, top: 0, width: resizedWidth, height: resizedHeight });
    expect(geometry.placement).toEqual({ left: 0, top: 0, scaleX: width / resizedWidth, scaleY: height / resizedHeight });
  });

  test('the input\u2019s corners lie inside of the picture for every crop', () => {
    for (let width = 1; width < 700; width += 37) {
      for (let height = 1; height < 700; height += 41) {
        const { placement: p } = geometryOf({ width, height }, { size: [96, 64], fit: 'crop', crop: 0.9 });
        expect(p.left).toBeGreaterThanOrEqual(0);
        expect(p.top).toBeGreaterThanOrEqual(0);
        expect(p.left + 64 * p.scaleX).toBeLessThanOrEqual(width + 1e-9);
        expect(p.top + 96 * p.scaleY).toBeLessThanOrEqual(height + 1e-9);
      }
    }
  });
});
