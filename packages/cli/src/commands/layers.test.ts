import { describe, expect, it } from 'vitest';
import { useFolder } from '../testing/files.js';
import { colorClassifier, flatClassifier } from '../testing/models.js';
import { gradcam, jsonLines } from '../testing/run.js';

const folder = useFolder();

describe('gradcam layers', () => {
  it('lists what can be explained, and marks the default', async () => {
    const model = folder.write('m.onnx', colorClassifier());
    const { status, out, err } = await gradcam(['layers', '--model', model]);
    expect([status, err]).toEqual([0, []]);
    expect(out.split('\n')).toEqual([
      'LAYER     OPERATOR  SHAPE             LAYOUT  MAP',
      'maps      Conv      [batch, 2, 4, 4]  NCHW    4x4  last-conv',
      'features  Relu      [batch, 2, 4, 4]  NCHW    4x4  auto (default)',
      '',
    ]);
  });

  it('prints lines of JSON', async () => {
    const { out } = await gradcam(['layers', '--model', folder.write('m.onnx', colorClassifier()), '--json']);
    expect(jsonLines(out)).toEqual([
      { name: 'maps', operator: 'Conv', shape: ['batch', 2, 4, 4], layout: 'NCHW', grid: [4, 4], default: false, lastConv: true },
      { name: 'features', operator: 'Relu', shape: ['batch', 2, 4, 4], layout: 'NCHW', grid: [4, 4], default: true, lastConv: false },
    ]);
  });

  it('knows the bundled model', async () => {
    const { out } = await gradcam(['layers']);
    expect(out).toMatch(/^\/stages\/stages\.5\/Relu_1_output_0 +Relu +\[batch, 128, 8, 8\] +NCHW +8x8 +auto \(default\)$/m);
  });

  it('says where there is none', async () => {
    const { status, err } = await gradcam(['layers', '--model', folder.write('m.onnx', flatClassifier())]);
    expect([status, err.at(-1)]).toEqual([1, expect.stringContaining('no spatial layer')]);
  });
});
