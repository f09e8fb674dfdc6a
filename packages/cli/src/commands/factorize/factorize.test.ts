import { existsSync, readdirSync } from 'node:fs';
import { readImage, readNpy } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { example, useFolder } from '../../testing/files.js';
import { colorClassifier } from '../../testing/models.js';
import { gradcam, jsonLines } from '../../testing/run.js';

const folder = useFolder();

interface Line {
  readonly concepts: readonly {
    readonly share: number;
    readonly classes: readonly { readonly label: string; readonly probability: number }[];
  }[];
  readonly images: readonly { readonly input: string; readonly maps: readonly string[] }[];
  readonly error: number;
}

describe('gradcam factorize with the bundled model', () => {
  it('finds the airplane above and the truck below, without being asked for them', async () => {
    const image = example('airplane-and-truck.svg');
    const { status, out, err } = await gradcam(['factorize', image, '--json', '-o', folder.at('c.png'), '--save-maps', folder.at('maps')]);
    expect([status, err.length]).toEqual([0, 1]);
    const [line, ...more] = jsonLines(out) as unknown as Line[];
    expect(more).toEqual([]);
    expect(line).toMatchObject({ scoredBy: 'head', clipped: 0, files: expect.arrayContaining([folder.at('c.png')]) });
    expect(line?.error).toBeLessThan(0.45);
    expect(line?.concepts.map(({ share }) => share)).toEqual([...(line?.concepts ?? [])].map(({ share }) => share).sort((a, b) => b - a));
    const rowOf = async (label: string) => {
      const index = line?.concepts.findIndex(({ classes }) => classes[0]?.label === label && (classes[0]?.probability ?? 0) > 0.9) ?? -1;
      const { dims, data } = await readNpy(line?.images[0]?.maps[index] ?? '');
      expect(dims).toEqual([8, 8]);
      const values = Array.from(data, Number);
      expect(Math.max(...values)).toBe(1);
      return Math.floor(values.indexOf(1) / 8);
    };
    expect(await rowOf('airplane')).toBeLessThan(4);
    expect(await rowOf('truck')).toBeGreaterThanOrEqual(4);
    expect((await readImage(folder.at('c.png'))).width).toBeGreaterThan(1000);
    expect(readdirSync(folder.at('maps')).sort()).toEqual([1, 2, 3, 4].map((index) => `airplane-and-truck.concept-${index}.npy`));
  });

  it('shares concepts between images, in one figure, and says in words what they are', async () => {
    const images = ['airplane.svg', 'ship.svg'].map(example);
    const { status, out } = await gradcam(['factorize', ...images, '-k', '2', '-o', folder.at('out')]);
    expect(status).toBe(0);
    expect(out).toMatch(
      /^2 concepts of layer \/stages\/stages\.5\/Relu_1_output_0, \d\d\.\d % of its squared activations: .*images\.concepts\.png\n/,
    );
    expect(out).toMatch(/ {2}concept \d \(\d\d\.\d %\): airplane \S.*\n/);
    expect(out).toMatch(/ {2}concept \d \(\d\d\.\d %\): ship \S.*\n/);
    expect(readdirSync(folder.at('out'))).toEqual(['images.concepts.png']);
  });
});

describe('what it cannot do ends in words', () => {
  const colors = (...argv: string[]) =>
    gradcam(['factorize', '--model', folder.write('m.onnx', colorClassifier()), '--preprocess', 'unit', ...argv]);

  it('more concepts than channels', async () => {
    const { status, err } = await colors(await folder.redAndGreen('a.png'), '-k', '3', '-o', folder.at('x.png'));
    expect([status, err.at(-1)]).toEqual([
      1,
      "gradcam: expected 1 to 2 concepts, as many as layer 'features' has channels or positions, but 3 were asked for",
    ]);
    expect(existsSync(folder.at('x.png'))).toBe(false);
  });

  it('a bad image among good ones is reported, and the others are done', async () => {
    const bad = folder.write('bad.png', 'no picture');
    const { status, err, out } = await colors(bad, await folder.redAndGreen('a.png'), '-k', '2', '-o', folder.at('x.png'));
    expect([status, err.filter((line) => line.includes('bad.png')).length]).toEqual([1, 1]);
    expect(out).toContain('2 concepts');
    expect((await colors(bad, '-o', folder.at('y.png'))).out).toBe('');
  });

  it.each([
    ['-k', '0'],
    ['-k', '9'],
    ['-k', 'many'],
    ['-o', 'x.bmp'],
    ['--layer', 'nowhere'],
  ])('%s %s', async (...argv) => {
    const { status, err } = await colors(await folder.redAndGreen('a.png'), '-k', '1', '-o', folder.at('x.png'), ...argv);
    expect(status).toBeGreaterThan(0);
    expect(err.at(-1)).toMatch(/^gradcam: /);
  });

  it('a tensor has no picture to show concepts on', async () => {
    const tensor = folder.npy('x.npy', { type: 'float32', dims: [3, 4, 4], data: new Float32Array(48) });
    const { status, err } = await colors(tensor, '-o', folder.at('x.png'));
    expect([status, err.at(-1)]).toEqual([2, expect.stringContaining('is a tensor, but concepts are shown on pictures')]);
  });
});
