import { readFileSync } from 'node:fs';
import { parseNpy } from '@gradcam/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, fixtureNames, loadFixture, relativeL2 } from '../../../tests/support/fixtures.js';
import { Folder } from './testing/files.js';
import { gradcam } from './testing/run.js';

/**
 * The command against PyTorch and pytorch-grad-cam. The public API is held against every fixture; here two small ones show that
 * the options reach it and that the files hold what it answers.
 */
const SMALL = /^(squeezenet1_1|resnet18)$/;
const names = fixtureNames().filter((name) => SMALL.test(name));

describe.skipIf(names.length === 0).each(names)('the command on %s', (name) => {
  const folder = new Folder();
  let fixture: Fixture;
  let model: string;
  let x: string;
  beforeAll(async () => {
    fixture = await loadFixture(name);
    model = folder.write('model.onnx', fixture.model);
    x = folder.npy('x.npy', fixture.input);
  });
  afterAll(() => folder.remove());

  const numbers = (file: string) => parseNpy(new Uint8Array(readFileSync(folder.at(file))), file).data as Float32Array;
  const golden = (key: string) => fixture.golden.get(key) ?? new Float32Array(0);

  it('saves the map and the heatmap of pytorch-grad-cam', async () => {
    for (const { module, value, layout } of fixture.layers) {
      for (const index of fixture.classes) {
        const raw = golden(`${module}/gradcam/${index}/raw`);
        if (layout !== 'nchw' || raw.length === 0) continue;
        const argv = ['explain', x, '-m', model, '-c', String(index), '-l', value, '--optimization', 'basic', '-o', folder.at('x.png')];
        const { status, err } = await gradcam([
          ...argv,
          '--save-map',
          folder.at('l.npy'),
          '--save-heatmap',
          folder.at('h.npy'),
          '--compat',
          'pytorch-grad-cam',
        ]);
        expect([status, err.filter((line) => !line.includes('ImageNet') && !line.includes('logits') && !line.includes('speaks'))]).toEqual([
          0,
          [],
        ]);
        expect(relativeL2(numbers('l.npy'), raw), `${module} ${index} raw`).toBeLessThan(1e-4);
        const final = golden(`${module}/gradcam/${index}/final`);
        if (final.length > 0) expect(relativeL2(numbers('h.npy'), final), `${module} ${index} final`).toBeLessThan(1e-3);
      }
    }
  });

  it('writes PyTorch’s gradients', async () => {
    for (const { module, value } of fixture.layers.slice(-1)) {
      for (const index of fixture.classes) {
        const expected = golden(`${module}/gradient/${index}`);
        if (expected.length === 0) continue;
        const argv = ['gradient', '-m', model, '-i', x, '--of', 'logits', '--wrt', value, '-c', String(index), '-o', folder.at('g.npy')];
        expect((await gradcam(argv)).status).toBe(0);
        expect(relativeL2(numbers('g.npy'), expected), `${module} ${index}`).toBeLessThan(1e-4);
      }
    }
  });
});
