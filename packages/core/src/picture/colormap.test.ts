import { describe, expect, test } from 'vitest';
import { type ColormapName, colorIndex, colormap, colormaps } from './colormap.js';

const at = (name: ColormapName, i: number) => [...colormap(name).subarray(3 * i, 3 * i + 3)];

describe('colormap', () => {
  test('every table has 256 colours', () => {
    for (const table of Object.values(colormaps)) expect(table.length).toBe(768);
  });

  test('jet is OpenCV 5.0 COLORMAP_JET, exact, at the ends of its ramps', () => {
    const expected: Record<number, number[]> = {
      0: [0, 0, 128],
      31: [0, 0, 252],
      32: [0, 0, 255],
      33: [0, 4, 255],
      95: [0, 252, 255],
      96: [2, 255, 254],
      128: [130, 255, 126],
      158: [250, 255, 6],
      159: [254, 255, 1],
      160: [255, 252, 0],
      223: [255, 0, 0],
      224: [252, 0, 0],
      255: [128, 0, 0],
    };
    for (const [i, color] of Object.entries(expected)) expect(at('jet', Number(i)), i).toEqual(color);
  });

  test('published tables, rounded from matplotlib 3.11: first, middle and last colour', () => {
    expect([0, 128, 255].map((i) => at('viridis', i))).toEqual([
      [68, 1, 84],
      [33, 145, 140],
      [253, 231, 37],
    ]);
    expect([0, 128, 255].map((i) => at('inferno', i))).toEqual([
      [0, 0, 4],
      [188, 55, 84],
      [252, 255, 164],
    ]);
    expect([0, 128, 255].map((i) => at('turbo', i))).toEqual([
      [48, 18, 59],
      [164, 252, 60],
      [122, 4, 3],
    ]);
    expect([0, 128, 255].map((i) => at('greys', i))).toEqual([
      [0, 0, 0],
      [128, 128, 128],
      [255, 255, 255],
    ]);
  });

  test('an unknown name is an error that lists the names, in one line', () => {
    expect(() => colormap('rainbow')).toThrow('there is no colour map "rainbow"; choose one of jet, viridis, inferno, turbo, greys');
    expect(() => colormap('toString')).toThrow(expect.objectContaining({ code: 'unknown-method' }));
    expect(() => colormap(`a\nb${'x'.repeat(1e6)}`)).toThrow(/^[^\n]{1,150}$/);
  });

  test('indices are clamped, and NaN is the coldest', () => {
    expect([-1, 0, 0.5, 0.998, 0.999, 1, 2, Number.POSITIVE_INFINITY, Number.NaN].map(colorIndex)).toEqual([
      0, 0, 128, 254, 255, 255, 255, 255, 0,
    ]);
  });
});
