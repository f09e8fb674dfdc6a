import { describe, expect, test } from 'vitest';
import { preprocess } from './apply.js';
import { isPresetName, preset, presetNames } from './presets.js';

// One pixel, R G B = 255 51 0, so that every number below can be worked by hand; tolerance 1e-6 (float32).
const image = { width: 1, height: 1, data: Uint8Array.of(255, 51, 0) };

describe('preset', () => {
  test.each([
    ['imagenet', [(1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, -0.406 / 0.225]],
    ['inception', [1, -0.6, -1]],
    ['caffe', [0 - 104, 51 - 117, 255 - 123]],
    ['unit', [1, 0.2, 0]],
    ['raw', [255, 51, 0]],
  ])('%s', (name, expected) => {
    for (const layout of ['NCHW', 'NHWC'] as const) {
      const { tensor } = preprocess(image, preset(name, [1, 1], layout));
      expect(tensor.dims).toEqual(layout === 'NCHW' ? [1, 3, 1, 1] : [1, 1, 1, 3]);
      for (const [i, value] of expected.entries())
        expect(Math.abs(Number(tensor.data[i]) - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    }
  });

  test('crops 224 of 256 where networks were trained so; shows the whole picture where nothing is known', () => {
    expect(presetNames.map((name) => [name, preset(name).fit, preset(name).crop])).toEqual([
      ['imagenet', 'crop', 0.875],
      ['inception', 'crop', 0.875],
      ['caffe', 'crop', 0.875],
      ['unit', 'fill', 0.875],
      ['raw', 'fill', 0.875],
      ['yolox', 'letterbox', 0.875],
      ['yolo', 'letterbox', 0.875],
      ['nanodet', 'fill', 0.875],
    ]);
    expect(preset('imagenet').size).toEqual([224, 224]);
  });

  test('an unknown name or size is an error in one line', () => {
    expect(() => preset('vgg')).toThrow(
      'preprocessing: expected one of imagenet, inception, caffe, unit, raw, yolox, yolo, nanodet, got "vgg"',
    );
    expect(() => preset('unit', [0, 224])).toThrow(
      'preset unit: expected [height, width], each a whole number from 1 to 4096, got [0, 224]',
    );
    expect(isPresetName('constructor')).toBe(false);
  });
});
