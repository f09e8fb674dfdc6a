import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy, readNpy } from '@gradcam/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gradcam } from '../packages/cli/src/testing/run.js';
import { describeFixtures, type Fixture, fixtureNames, loadFixture, relativeL2 } from './support/fixtures.js';

/**
 * The command against the golden values. Tolerances as in `fixtures.test.ts`; values there explained by flipped gates are held
 * against the public API's test alone, so here only what lies within them by itself counts, and most must.
 */
const GRADIENT_TOLERANCE = 1e-4;
const FINAL_TOLERANCE = 1e-3;

/** Fixtures in which a gate stands within rounding of its switching point: see `fixtures.test.ts`, which explains each value. */
const FLIPS = /^(densenet121|mobilenet_v2|googlenet)$/;

describeFixtures(fixtureNames(), 'the command on %s', (name) => {
  let fixture: Fixture;
  let folder: string;
  let model: string;
  let input: string;

  beforeAll(async () => {
    fixture = await loadFixture(name);
    folder = mkdtempSync(join(tmpdir(), 'gradcam-command-'));
    model = join(folder, 'model.onnx');
    input = join(folder, 'input.npy');
    writeFileSync(model, fixture.model);
    writeFileSync(input, encodeNpy(fixture.input));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gradient gives the gradient of the input and of the first layer', async () => {
    const [index = 0] = fixture.classes;
    const [layer] = fixture.layers;
    const wanted = [
      { wrt: 'input', expected: fixture.golden.get(`input-gradient/${index}`) },
      { wrt: layer?.value ?? '', expected: fixture.golden.get(`${layer?.module}/gradient/${index}`) },
    ];
    for (const { wrt, expected } of wanted) {
      if (expected === undefined) continue;
      const output = join(folder, 'gradient.npy');
      const outcome = await gradcam([
        'gradient',
        '--model',
        model,
        '--input',
        input,
        '--of',
        'logits',
        '--wrt',
        wrt,
        '--class',
        String(index),
        '--output',
        output,
      ]);
      expect(outcome.err.join('\n')).not.toContain('error');
      expect(outcome.status).toBe(0);
      const { data } = await readNpy(output);
      expect(relativeL2(data as Float32Array, expected), wrt).toBeLessThan(FLIPS.test(name) ? 2e-2 : GRADIENT_TOLERANCE);
    }
  });

  it("explain gives the raw map of every layer, and pytorch-grad-cam's final heatmap", async () => {
    let finals = 0;
    for (const { module, value } of fixture.layers) {
      const [map, heatmap] = [join(folder, 'map'), join(folder, 'heatmap')];
      const classes = fixture.classes.flatMap((index) => ['--class', String(index)]);
      const outcome = await gradcam(
        [
          'explain',
          input,
          '--model',
          model,
          '--layer',
          value,
          ...classes,
          '--compat',
          'pytorch-grad-cam',
          '--json',
          '--optimization',
          'basic',
        ].concat(['--save-map', `${map}/`, '--save-heatmap', `${heatmap}/`, '--output', `${folder}/pictures/`]),
      );
      expect(outcome.status, outcome.err.join('\n')).toBe(0);
      const lines = outcome.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { class: { index: number }; files: string[] });
      expect(lines.map((line) => line.class.index)).toEqual(fixture.classes);
      for (const { class: predicted, files } of lines) {
        const saved = async (part: string) => (await readNpy(files.find((file) => file.startsWith(part)) ?? '')).data as Float32Array;
        const raw = fixture.golden.get(`${module}/gradcam/${predicted.index}/raw`);
        if (raw !== undefined)
          expect(relativeL2(await saved(map), raw), `${module} ${predicted.index}`).toBeLessThan(
            FLIPS.test(name) ? 2e-2 : GRADIENT_TOLERANCE,
          );
        const final = fixture.golden.get(`${module}/gradcam/${predicted.index}/final`);
        if (final === undefined) continue;
        expect(relativeL2(await saved(heatmap), final), `${module} ${predicted.index}`).toBeLessThan(FINAL_TOLERANCE);
        finals++;
      }
      rmSync(map, { recursive: true, force: true });
      rmSync(heatmap, { recursive: true, force: true });
    }
    expect(finals).toBeGreaterThan(0);
  });
});
