import { describe, expect, it } from 'vitest';
import type { ImageInput } from '../model/input.js';
import type { Scores } from '../model/score.js';
import { choosePreprocess, guessPreset, requireFit } from './choose.js';

const input: ImageInput = { name: 'x', type: 'float32', layout: 'NHWC', batch: 1, channels: 3, height: 160, width: 192 };
const ten: Scores = { kind: 'classes', output: 'y', logits: 'y', activation: 'none', classes: 10 };
const none = { name: 'm', metadata: new Map<string, string>(), advice: 'say it' };

describe('choosePreprocess', () => {
  it('takes the metadata before the file beside, that before the publisher, and says what it assumes', () => {
    const metadata = new Map([['preprocess', '{"size": [160, 192], "channels": "BGR"}']]);
    const published = requireFit({ ...choosePreprocess(none, input, ten).spec, pad: 7 }, input, 'm');
    const sources = { ...none, metadata, beside: { path: 'config', value: { size: 160 } }, published };
    expect(choosePreprocess(sources, input, ten).spec.channels).toBe('BGR');
    expect(choosePreprocess({ ...sources, metadata: new Map() }, input, ten)).toMatchObject({ spec: { channels: 'RGB', layout: 'NHWC' } });
    expect(choosePreprocess({ ...none, published }, input, ten)).toMatchObject({ spec: { pad: 7 }, notes: [] });
    expect(choosePreprocess(none, input, ten).notes).toEqual([
      "preprocessing: 'imagenet' at 160 × 192 is assumed, since nothing says another; say it",
    ]);
  });
});

describe('guessPreset', () => {
  it.each([
    ['float32', 1000, 'imagenet'],
    ['float32', 10, 'imagenet'],
    ['float32', 1001, 'inception'],
    ['uint8', 1001, 'raw'],
  ] as const)('%s input, %i classes: %s', (type, classes, name) => {
    expect(guessPreset({ ...input, type }, classes).name).toBe(name);
  });

  it.each([
    ['cell', 'yolox'],
    ['pixels', 'yolo'],
    ['distances', 'nanodet'],
  ] as const)('boxes written as %s: %s', (form, name) => {
    expect(guessPreset(input, 80, form).name).toBe(name);
  });
});
