import { describe, expect, test } from 'vitest';
import { parsePreprocess } from './parse.js';

const parse = (json: unknown) => parsePreprocess(json, 'p.json');

describe('parsePreprocess', () => {
  test('only the size has no default', () => {
    expect(parse({ size: [224, 192] })).toEqual({
      size: [224, 192],
      fit: 'crop',
      crop: 0.875,
      interpolation: 'bilinear',
      pad: 114,
      channels: 'RGB',
      layout: 'NCHW',
      scale: 1 / 255,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    expect(() => parse({})).toThrow('p.json: expected "size" to be [height, width], each a whole number from 1 to 4096, got nothing');
  });

  test('a complete description is taken as it is', () => {
    const full = {
      size: [32, 32],
      fit: 'fill',
      crop: 1,
      interpolation: 'bicubic',
      pad: 0,
      channels: 'BGR',
      layout: 'NHWC',
      scale: 1,
      mean: [104, 117, 123],
      std: [1, 2, 3],
    };
    expect(parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });

  test('what the model says of its input stands in for what is absent, not for what is there', () => {
    const defaults = { size: [300, 200], layout: 'NHWC' } as const;
    expect(parsePreprocess({}, 'm', defaults)).toMatchObject(defaults);
    expect(parsePreprocess({ size: 64, layout: 'NCHW' }, 'm', defaults)).toMatchObject({ size: [64, 64], layout: 'NCHW' });
  });

  test('one number serves all channels; one channel may have an array of one', () => {
    expect(parse({ size: 8, mean: 0.5, std: [0.25] })).toMatchObject({ mean: [0.5, 0.5, 0.5], std: [0.25] });
  });

  test.each([
    [null, 'p.json: expected a JSON object, got null'],
    [[], 'p.json: expected a JSON object, got []'],
    ['x\ny', 'p.json: expected a JSON object, got "x\\ny"'],
    [{ size: [0, 5] }, '"size"'],
    [{ size: [5, 5, 5] }, '"size"'],
    [{ size: 4097 }, '"size"'],
    [{ size: 2.5 }, '"size"'],
    [{ size: null }, 'got null'],
    [{ size: { length: 2 } }, 'got an object'],
    [{ size: 8, fit: 'zoom' }, '"fit" to be "crop" or "fill" or "letterbox", got "zoom"'],
    [{ size: 8, crop: 0 }, '"crop" to be a number from 0.05 to 1, got 0'],
    [{ size: 8, crop: 1.5 }, '"crop"'],
    [{ size: 8, pad: 256 }, '"pad"'],
    [{ size: 8, scale: 0 }, '"scale" to be a number other than 0, got 0'],
    [{ size: 8, scale: Number.NaN }, '"scale"'],
    [{ size: 8, scale: '1' }, '"scale" to be a number other than 0, got "1"'],
    [{ size: 8, std: [1, 0, 1] }, '"std" to be a number other than 0, one or an array of 1 or 3, got [1, 0, 1]'],
    [{ size: 8, mean: [1, 2] }, '"mean"'],
    [{ size: 8, mean: [[1], 2, 3] }, 'got an array of 3'],
    [{ size: 8, mean: Array(1e5).fill(0) }, 'got an array of 100000'],
    [
      { size: 8, Mean: 0 },
      'expected no other keys than size, fit, crop, interpolation, pad, channels, layout, scale, mean, std, got "Mean"',
    ],
    [JSON.parse('{"size": 8, "__proto__": {"fit": "fill"}}'), 'got "__proto__"'],
    [{ size: 8, ['k'.repeat(1e6)]: 1 }, `got "${'k'.repeat(40)}…"`],
  ])('refuses %#', (json, message) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'invalid-preprocess', message: expect.stringContaining(message) }));
    expect(() => parse(json)).toThrow(/^p\.json: .{1,200}$/);
  });
});
