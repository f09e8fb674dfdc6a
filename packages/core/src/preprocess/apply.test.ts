import { describe, expect, test } from 'vitest';
import { placeHeatmap } from '../picture/place.js';
import { preprocess } from './apply.js';
import { parsePreprocess } from './parse.js';

const spec = (json: object) => parsePreprocess({ scale: 1, ...json }, 'test');
/** 4 × 2 pixels, red 0 … 7, green 10 … 17, blue 20 … 27. */
const image = { width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => Math.floor(i / 3) + 10 * (i % 3)) };

describe('preprocess', () => {
  test('NCHW is planes, NHWC is pixels', () => {
    const planes = preprocess(image, spec({ size: [2, 4], fit: 'fill' })).tensor;
    expect(planes).toMatchObject({ type: 'float32', dims: [1, 3, 2, 4] });
    expect([...planes.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 25, 26, 27]);
    const pixels = preprocess(image, spec({ size: [2, 4], fit: 'fill', layout: 'NHWC' })).tensor;
    expect(pixels.dims).toEqual([1, 2, 4, 3]);
    expect([...pixels.data].slice(0, 6)).toEqual([0, 10, 20, 1, 11, 21]);
  });

  test('mean and deviation are in the order of the channels', () => {
    const { tensor } = preprocess(
      image,
      spec({ size: [2, 4], fit: 'fill', layout: 'NHWC', channels: 'BGR', mean: [20, 10, 0], std: [1, 2, 4] }),
    );
    expect([...tensor.data].slice(0, 6)).toEqual([0, 0, 0, 1, 0.5, 0.25]);
  });

  test('crop: the centre', () => {
    const { tensor, placement } = preprocess(image, spec({ size: [2, 2], crop: 1 }));
    expect([...tensor.data].slice(0, 4)).toEqual([1, 2, 5, 6]);
    expect(placement).toEqual({ left: 1, top: 0, scaleX: 1, scaleY: 1 });
  });

  test('letterbox: at the top left, the rest is the pad value, normalised as a pixel is', () => {
    const { tensor, placement } = preprocess(image, spec({ size: [4, 4], fit: 'letterbox', pad: 114, mean: 14, std: 2 }));
    expect([...tensor.data].slice(0, 16)).toEqual([-7, -6.5, -6, -5.5, -5, -4.5, -4, -3.5, 50, 50, 50, 50, 50, 50, 50, 50]);
    expect(placement).toEqual({ left: 0, top: 0, scaleX: 1, scaleY: 1 });
  });

  test('one channel is brightness: ITU-R 601 as Pillow\u2019s mode L has it', () => {
    const colors = { width: 4, height: 1, data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255) };
    const { tensor } = preprocess(colors, spec({ size: [1, 4], fit: 'fill' }), 1);
    expect(tensor.dims).toEqual([1, 1, 1, 4]);
    // Pillow 9.4: Image.convert('L'); exact.
    expect([...tensor.data]).toEqual([76, 150, 29, 255]);
  });

  test('a heatmap comes back to where its input was', () => {
    // 90 × 60, cropped to 20 × 20 of a resized 30 × 20 · 1.25: the bright block of the picture is found, put in the heatmap, and placed.
    const data = new Uint8Array(3 * 90 * 60);
    for (let y = 20; y < 32; y++) for (let x = 40; x < 56; x++) data.fill(255, 3 * (90 * y + x), 3 * (90 * y + x) + 3);
    const { tensor, placement } = preprocess({ width: 90, height: 60, data }, spec({ size: [20, 20], crop: 0.8, scale: 1 / 255 }));
    const heatmap = { width: 20, height: 20, data: Float32Array.from(tensor.data as Float32Array).subarray(0, 400) };
    const { heatmap: placed, seen } = placeHeatmap(heatmap, placement, { width: 90, height: 60 });
    // Resized to 37 × 25, cut at (8, 2): left 8 · 90/37 = 19.46, top 2 · 60/25 = 4.8, 20 input pixels are 48.65 × 48 picture pixels.
    expect(seen).toEqual({ left: 19, top: 5, width: 49, height: 48 });
    const centre = { x: 0, y: 0, sum: 0 };
    placed.data.forEach((value, i) => {
      centre.x += value * ((i % 90) + 0.5);
      centre.y += value * (Math.floor(i / 90) + 0.5);
      centre.sum += value;
    });
    // The block's centre is (48, 26); a tenth of a pixel for two resamplings.
    expect(Math.abs(centre.x / centre.sum - 48)).toBeLessThan(0.1);
    expect(Math.abs(centre.y / centre.sum - 26)).toBeLessThan(0.1);
    expect(Math.abs(centre.sum - 16 * 12)).toBeLessThan(2);
  });

  test('refuses what does not suit the channels', () => {
    const three = spec({ size: 2, mean: [1, 2, 3] });
    expect(() => preprocess(image, three, 1)).toThrow(
      'preprocessing: expected mean to have a number for each of 1 channels, got [1, 2, 3]',
    );
    expect(() => preprocess(image, three, 4)).toThrow('preprocessing: expected a network that reads 1 or 3 channels, got 4');
    expect(() => preprocess(image, spec({ size: 2, scale: 1e300 }))).toThrow(
      'expected scale, mean and std to give finite values, got Infinity',
    );
    expect(() => preprocess({ ...image, width: 5 }, three)).toThrow(expect.objectContaining({ code: 'invalid-image' }));
  });
});
