import { describe, expect, test } from 'vitest';
import { parseHuggingFacePreprocess } from './hugging-face.js';

const parse = (json: unknown, fallback?: readonly [number, number]) =>
  parseHuggingFacePreprocess(json, 'preprocessor_config.json', fallback);
const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };

// The keys are those of published files of each family; what they mean is transformers' image processors.
describe('parseHuggingFacePreprocess', () => {
  test('ViT: stretched to height × width', () => {
    const json = {
      do_normalize: true,
      do_rescale: true,
      do_resize: true,
      ...half,
      resample: 2,
      rescale_factor: 0.00392156862745098,
      size: { height: 224, width: 224 },
    };
    expect(parse({ ...json, image_processor_type: 'ViTImageProcessor' })).toEqual({
      size: [224, 224],
      fit: 'fill',
      crop: 1,
      interpolation: 'bilinear',
      pad: 114,
      channels: 'RGB',
      layout: 'NCHW',
      scale: 0.00392156862745098,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    });
  });

  test('ViT of before 2022: one number is both sides where nothing is cropped, and rescaling goes without saying', () => {
    expect(parse({ do_normalize: true, do_resize: true, ...half, resample: 2, size: 384 })).toMatchObject({
      size: [384, 384],
      fit: 'fill',
      scale: 1 / 255,
    });
  });

  test('CLIP: shorter side, then a crop of the same size', () => {
    const json = {
      do_center_crop: true,
      do_resize: true,
      crop_size: { height: 224, width: 224 },
      size: { shortest_edge: 224 },
      resample: 3,
      ...half,
    };
    expect(parse(json)).toMatchObject({ size: [224, 224], fit: 'crop', crop: 1, interpolation: 'bicubic' });
  });

  test('DeiT and MobileNet: 224 of 256', () => {
    const crop = { fit: 'crop', crop: 0.875, size: [224, 224] };
    expect(parse({ crop_size: 224, do_center_crop: true, size: 256, resample: 3, ...imagenet })).toMatchObject(crop);
    expect(parse({ crop_size: { height: 224, width: 224 }, do_center_crop: true, size: { shortest_edge: 256 } })).toMatchObject(crop);
    expect(parse({ crop_size: { height: 224, width: 224 }, do_center_crop: true, size: { height: 256, width: 256 } })).toMatchObject(crop);
  });

  test('ConvNeXt: crop_pct below 384, stretched from there on', () => {
    expect(parse({ crop_pct: 0.875, size: { shortest_edge: 224 }, resample: 3, ...imagenet })).toMatchObject({
      size: [224, 224],
      fit: 'crop',
      crop: 0.875,
    });
    // ⌊224 / 0.9⌋ = 248.
    expect(parse({ crop_pct: 0.9, size: 224 }).crop).toBe(224 / 248);
    expect(parse({ crop_pct: null, size: { shortest_edge: 224 } })).toMatchObject({ fit: 'crop', crop: 1 });
    expect(parse({ crop_pct: 0.875, size: { shortest_edge: 384 } })).toMatchObject({ size: [384, 384], fit: 'fill' });
  });

  test('LeViT widens the shorter side to 256 / 224 of what is written', () => {
    const json = {
      image_processor_type: 'LevitImageProcessor',
      crop_size: { height: 224, width: 224 },
      do_center_crop: true,
      size: { shortest_edge: 224 },
    };
    expect(parse(json)).toMatchObject({ fit: 'crop', crop: 0.875 });
  });

  test('MobileViT: BGR, neither mean nor deviation', () => {
    const json = {
      do_flip_channel_order: true,
      do_center_crop: true,
      crop_size: { height: 256, width: 256 },
      size: { shortest_edge: 288 },
    };
    expect(parse(json)).toMatchObject({ channels: 'BGR', size: [256, 256], crop: 256 / 288, mean: [0, 0, 0], std: [1, 1, 1] });
  });

  test('EfficientNet: 1 off after rescaling, divided by the deviation twice', () => {
    const json = {
      ...half,
      rescale_factor: 1 / 127.5,
      rescale_offset: true,
      include_top: true,
      size: { height: 260, width: 260 },
      do_center_crop: false,
    };
    expect(parse({ ...json, resample: 2 })).toMatchObject({ mean: [1.5, 1.5, 1.5], std: [0.25, 0.25, 0.25], scale: 1 / 127.5 });
  });

  test('without rescaling or normalisation', () => {
    expect(parse({ size: 64, do_rescale: false, do_normalize: false, ...half })).toMatchObject({
      scale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  test('the model\u2019s own size where the file has none', () => {
    expect(parse({ do_resize: false }, [48, 64])).toMatchObject({ size: [48, 64], fit: 'crop', crop: 1 });
    expect(parse({ do_center_crop: true, size: { shortest_edge: 64 } }, [48, 48])).toMatchObject({ size: [48, 48], crop: 0.75 });
  });

  test.each([
    [undefined, 'expected a JSON object, got nothing'],
    [{}, 'expected "size" or "crop_size", as the model has no fixed input size, got nothing'],
    [{ size: 'large' }, '"size" to be a side or {"height", "width"}'],
    [{ size: { height: 1e9, width: 1 } }, '"size"'],
    [{ size: { longest_edge: 5 } }, '"size"'],
    [{ size: 64, resample: 0 }, '"resample" to be 2 (bilinear) or 3 (bicubic)'],
    [{ size: 64, do_normalize: true }, '"image_mean" to be given, since do_normalize is true, got nothing'],
    [{ size: 64, image_mean: [1, 2], image_std: 1 }, '"image_mean"'],
    [{ size: 64, image_mean: 0, image_std: [0, 1, 1] }, '"image_std" to be a number other than 0'],
    [{ size: 64, crop_size: 128 }, '"crop_size" to be at most "size"'],
    [{ size: 64, crop_pct: 7 }, '"crop_pct"'],
    [{ size: 64, do_rescale: 'yes' }, '"do_rescale" to be true or false, got "yes"'],
  ])('refuses %#', (json, message) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'invalid-preprocess', message: expect.stringContaining(message) }));
    expect(() => parse(json)).toThrow(/^preprocessor_config\.json: .{1,200}$/);
  });
});
