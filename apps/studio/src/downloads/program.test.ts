import { describe, expect, it } from 'vitest';
import { program, type Shown } from './program.js';

const shown: Shown = {
  model: 'net.onnx',
  picture: 'it\'s a \\cat\\ "picture".jpg',
  preprocess: {
    size: [224, 224],
    fit: 'crop',
    crop: 0.875,
    interpolation: 'bilinear',
    pad: 114,
    channels: 'RGB',
    layout: 'NCHW',
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  input: { type: 'float32', channels: 3 },
  classes: [281],
  against: undefined,
  layer: 'auto',
  method: 'gradcam',
  alpha: 0.55,
  colormap: 'inferno',
};

const hosts = ['node', 'web'] as const;

describe('the program that is copied', () => {
  it.each(hosts)('says the whole view: %s', (host) => {
    const text = program(host, { ...shown, layer: '/layer3/Relu', method: 'layercam', classes: [281, 9] });
    for (const part of ["layers: ['/layer3/Relu']", "methods: ['layercam']", '[281, 9]', "alpha: 0.55, colormap: 'inferno'", 'net.onnx'])
      expect(text).toContain(part);
    expect(text).toContain('scale: 1 / 255, mean: [0.485, 0.456, 0.406]');
  });

  it('writes names of files so that they are read back as they were', () => {
    expect(program('node', shown)).toContain(String.raw`readImage('it\'s a \\cat\\ "picture".jpg')`);
  });

  it('explains one class against another', () => {
    expect(program('node', { ...shown, against: 282 })).toContain('target: against(282)');
    expect(program('node', { ...shown, against: 282 })).toMatch(/import \{ against, openExplainer/);
    expect(program('web', { ...shown, against: 282 })).toContain('target: { against: 282 }');
    for (const host of hosts) expect(program(host, shown)).not.toContain('against');
  });

  it('casts the input of a model that does not take float32, and counts its channels', () => {
    const text = program('node', { ...shown, input: { type: 'uint8', channels: 1 } });
    expect(text).toContain('inTypeOf(tensor, explainer.model.input)');
    expect(text).toMatch(/preprocess\(image, \{.*\}, 1\)/);
    expect(program('node', shown)).not.toContain('inTypeOf');
  });
});
