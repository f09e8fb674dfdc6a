import { describe, expect, it } from 'vitest';
import type { ImageInput } from '../model/input.js';
import { choosePreprocess, guessPreset, requireFit } from './choose.js';

const input: ImageInput = { name: 'x', type: 'float32', layout: 'NHWC', batch: 1, channels: 3, height: 160, width: 192 };

describe('choosePreprocess', () => {
  it('takes the metadata before the file beside, that before the publisher, and says what it assumes', () => {
    const metadata = new Map([['preprocess', '{"size": [160, 192], "channels": "BGR"}']]);
    const published = requireFit({ ...choosePreprocess({ name: 'm', metadata: new Map() }, input, 10).spec, pad: 7 }, input, 'm');
    const sources = { name: 'm', metadata, beside: { path: 'config', value: { size: 160 } }, published };
    expect(choosePreprocess(sources, input, 10).spec.channels).toBe('BGR');
    expect(choosePreprocess({ ...sources, metadata: new Map() }, input, 10)).toMatchObject({ spec: { channels: 'RGB', layout: 'NHWC' } });
    expect(choosePreprocess({ name: 'm', metadata: new Map(), published }, input, 10)).toMatchObject({ spec: { pad: 7 }, notes: [] });
    expect(choosePreprocess({ name: 'm', metadata: new Map() }, input, 10).assumed).toEqual({
      name: 'imagenet',
      why: 'nothing says another',
    });
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
});
