import type { ImageInput, Scores } from '@gradcam/core';
import { describe, expect, it } from 'vitest';
import type { LoadedModel } from './load.js';
import { findPreprocessing } from './preprocessing.js';

const input: ImageInput = { name: 'x', type: 'float32', layout: 'NHWC', batch: 1, channels: 3, height: 160, width: 192 };
const open: ImageInput = { ...input, layout: 'NCHW', height: 'h', width: 'w' };
const loaded: LoadedModel = {
  name: 'm.onnx',
  path: 'm.onnx',
  origin: 'file',
  bytes: new Uint8Array(0),
  room: new Uint8Array(0),
  externalData: new Map(),
  beside: {},
};
const scored = (classes: number): Scores => ({ kind: 'classes', output: 'y', logits: 'y', activation: 'none', classes });
const none = new Map<string, string>();
const beside = (value: unknown): LoadedModel => ({ ...loaded, beside: { preprocessor: { path: 'preprocessor_config.json', value } } });

describe('findPreprocessing', () => {
  it('takes size and layout of presets from the input', async () => {
    const { spec, notes } = await findPreprocessing('caffe', loaded, none, input, scored(1000));
    expect([spec.size, spec.layout, spec.channels, notes]).toEqual([[160, 192], 'NHWC', 'BGR', []]);
    expect((await findPreprocessing('caffe', loaded, none, open, scored(1000))).spec.size).toEqual([224, 224]);
  });

  it('prefers the option to the metadata, that to the file beside, that to the zoo', async () => {
    const metadata = new Map([['preprocess', '{"size": [160, 192], "channels": "BGR"}']]);
    const everything = { ...beside({ size: 160 }), preprocess: (await findPreprocessing('raw', loaded, none, input, scored(10))).spec };
    expect((await findPreprocessing('raw', everything, metadata, input, scored(10))).spec.scale).toBe(1);
    expect((await findPreprocessing(undefined, everything, metadata, input, scored(10))).spec.channels).toBe('BGR');
    expect((await findPreprocessing(undefined, everything, none, input, scored(10))).spec).toMatchObject({
      scale: 1 / 255,
      channels: 'RGB',
    });
    expect((await findPreprocessing(undefined, { ...everything, beside: {} }, none, input, scored(10))).spec.scale).toBe(1);
  });

  it('keeps to the size and layout of the input, and says so', async () => {
    const { spec, notes } = await findPreprocessing(undefined, beside({ size: { height: 224, width: 224 } }), none, input, scored(1000));
    expect([spec.size, spec.layout, spec.fit]).toEqual([[160, 192], 'NHWC', 'fill']);
    expect(notes.at(-1)).toBe("the size 224 × 224 of preprocessor_config.json is left aside: the model's input is fixed at 160 × 192");
    expect((await findPreprocessing(undefined, beside({ size: { height: 256, width: 256 } }), none, open, scored(1000))).spec.size).toEqual(
      [256, 256],
    );
  });

  it('refuses metadata that is no JSON', async () => {
    await expect(findPreprocessing(undefined, loaded, new Map([['preprocess', '{']]), input, scored(10))).rejects.toMatchObject({
      code: 'invalid-preprocess',
      message: expect.stringContaining("the metadata 'preprocess' of 'm.onnx'"),
    });
  });
});
