import { methods, metrics, targets } from '@gradcam/core';
import { describe, expect, it } from 'vitest';
import { listing } from '../output/listing.js';
import { gradcam, jsonLines } from '../testing/run.js';

describe('gradcam methods', () => {
  it('lists every method once, in groups, within 100 columns', async () => {
    const { status, out } = await gradcam(['methods']);
    expect(status).toBe(0);
    const names = [...out.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual(methods.map(({ name }) => name).sort());
    expect(out.match(/^\S.*/gm)).toEqual([
      'Layers, in one pass',
      'Layers, by a decomposition',
      'Layers, in many runs',
      'Pixels',
      'Attention of transformers',
    ]);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    const gradcamLines = out.slice(out.indexOf('  gradcam ')).split('\n').slice(0, 2);
    expect(gradcamLines.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^gradcam +Grad-CAM: channels weighted by their mean gradient, summed$/),
      'gradient · one pass · arXiv 1610.02391',
    ]);
    expect(out).toContain('a run for each channel · arXiv 1910.01279');
  });

  it('tells all of one, by any of its spellings', async () => {
    const { out } = await gradcam(['methods', 'Grad-CAM']);
    expect(out.trimEnd().split('\n')).toEqual([
      '  name       gradcam',
      '  title      Grad-CAM',
      '  also       grad-cam',
      '  shows      channels weighted by their mean gradient, summed',
      '  explains   a layer: the map has its resolution and is resized to the picture',
      '  needs      the gradient of the score: every operator on its way must have one',
      '  costs      one pass, beside the prediction',
      '  export     gradcam export --method gradcam',
      '  published  arXiv 1610.02391',
    ]);
    expect((await gradcam(['methods', 'scorecam'])).out).toContain('cannot be exported');
    const { status, err } = await gradcam(['methods', 'gradcan']);
    expect([status, err[0]]).toEqual([1, expect.stringContaining("there is no method named 'gradcan'; nearest: gradcam;")]);
  });

  it('prints lines of JSON', async () => {
    const lines = jsonLines((await gradcam(['methods', '--json'])).out);
    expect(lines).toHaveLength(methods.length);
    expect(lines[0]).toEqual({
      name: 'gradcam',
      title: 'Grad-CAM',
      aliases: ['grad-cam'],
      group: 'Layers, in one pass',
      of: 'layer',
      summary: 'channels weighted by their mean gradient, summed',
      needs: 'gradient',
      cost: 'one pass',
      exportable: true,
      source: 'arXiv 1610.02391',
    });
    expect(new Set(lines.map((line) => line['needs']))).toEqual(new Set(['gradient', 'activations', 'attention', 'runs']));
  });

  it('lists metrics and targets likewise', async () => {
    expect(jsonLines((await gradcam(['methods', '--metrics', '--json'])).out).map((line) => line['name'])).toEqual(
      metrics.map(({ name }) => name),
    );
    expect((await gradcam(['methods', '--metrics'])).out).toMatch(/^ {2}deletion .*\n +lower is better · .*arXiv 1806\.07421$/m);
    const { out } = await gradcam(['methods', '--targets']);
    expect([...out.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name)).toEqual(targets.map(({ name }) => name));
    for (const more of ['--metrics', 'gradcam']) expect((await gradcam(['methods', '--targets', more])).status).toBe(2);
  });
});

describe('listing', () => {
  const sections = [{ title: 'Things', items: [{ term: 'one', lines: ['word '.repeat(20).trim(), 'more'] }] }];

  it('wraps each line to the width of the terminal', () => {
    const lines = listing(sections, 60).trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.slice(0, 2)).toEqual(['Things', `  one  ${'word '.repeat(10).trim()}`]);
    expect(lines.at(-1)).toBe('       more');
  });
});
