import { describe, expect, test } from 'vitest';
import { resample } from './resample.js';

const image = { width: 5, height: 4, data: Uint8Array.from({ length: 60 }, (_, i) => (i * i * 7 + i * 13) % 256) };

// Origin: Pillow 9.4.0, Image.resize; the fixed-point arithmetic is the same, so the tolerance is 0.
const golden = [
  {
    width: 3,
    height: 2,
    filter: 'bilinear',
    data: [123, 149, 168, 108, 130, 146, 147, 128, 117, 123, 118, 175, 123, 114, 127, 140, 189, 74],
  },
  {
    width: 3,
    height: 2,
    filter: 'bicubic',
    data: [121, 154, 167, 108, 131, 153, 148, 121, 118, 121, 115, 177, 124, 108, 125, 140, 198, 68],
  },
  {
    width: 7,
    height: 1,
    filter: 'bilinear',
    data: [113, 139, 157, 126, 133, 176, 121, 126, 168, 82, 117, 113, 149, 123, 133, 151, 150, 107, 118, 184, 61],
  },
  {
    width: 2,
    height: 5,
    filter: 'bicubic',
    data: [
      56, 114, 131, 141, 96, 111, 151, 164, 196, 139, 123, 161, 130, 162, 159, 121, 152, 104, 90, 108, 127, 123, 168, 53, 149, 61, 203, 160,
      172, 113,
    ],
  },
] as const;

describe('resample', () => {
  test.each(golden)('$filter to $width × $height as Pillow', ({ width, height, filter, data }) => {
    expect([...resample(image, width, height, filter).data]).toEqual([...data]);
  });

  test('the same size is the same picture', () => {
    for (const filter of ['bilinear', 'bicubic'] as const) expect(resample(image, 5, 4, filter).data).toEqual(image.data);
  });

  test('a cubic that overshoots is clamped, not wrapped (Pillow: 0 0 0 52 203 255 255 255)', () => {
    const edge = { width: 4, height: 1, data: Uint8Array.from([0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255]) };
    expect([...resample(edge, 8, 1, 'bicubic').data].filter((_, i) => i % 3 === 0)).toEqual([0, 0, 0, 52, 203, 255, 255, 255]);
  });

  test('a window is that part of the whole', () => {
    const whole = resample(image, 9, 7, 'bicubic');
    const part = resample(image, 9, 7, 'bicubic', { left: 2, top: 3, width: 4, height: 2 });
    const rows = [3, 4].map((y) => [...whole.data.subarray(3 * (9 * y + 2), 3 * (9 * y + 6))]);
    expect([...part.data]).toEqual(rows.flat());
  });

  test('refuses what is not a picture, sizes below 1 and windows outside', () => {
    expect(() => resample({ ...image, width: 6 }, 2, 2, 'bilinear')).toThrow(
      'expected a picture of 3 · width · height bytes, got 60 bytes for 6 × 4',
    );
    expect(() => resample(image, 0, 2, 'bilinear')).toThrow(expect.objectContaining({ code: 'invalid-image' }));
    expect(() => resample(image, 4, 4, 'bilinear', { left: 2, top: 0, width: 3, height: 1 })).toThrow('expected a window within 4 × 4');
  });
});
