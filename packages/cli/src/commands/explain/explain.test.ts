import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readImage, readNpy } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { example, useColors } from '../../testing/files.js';
import { colorClassifier, float32 } from '../../testing/models.js';
import { gradcam, jsonLines } from '../../testing/run.js';

const { folder, model, photo } = useColors();

/** Plain pixels in 0..1, so that the classifier's logits are mean red, mean green, −mean red. */
const explain = (...argv: string[]) => gradcam(['explain', '--model', model, '--preprocess', 'unit', ...argv]);
const files = (...path: string[]) => readdirSync(folder.at(...path)).sort();

describe('the bundled model', () => {
  it('needs nothing but a picture, and says that it was used', async () => {
    const { status, out, err } = await gradcam(['explain', example('airplane.svg'), '--output', folder.at('a.png')]);
    expect(status).toBe(0);
    expect(out).toMatch(/airplane\.svg: airplane 9\d\.\d %, /);
    expect(out).toMatch(/ {2}Grad-CAM for airplane \(class 0, 9\d\.\d %\): .*a\.png\n$/);
    expect(err[0]).toMatch(/using the bundled one \(everyday\), which knows airplane, .*; name another by --model/);
    expect(err).toContain('gradcam: the model gives raw logits: probabilities are their softmax');
    const figure = await readImage(folder.at('a.png'));
    expect(figure.width).toBeGreaterThan(2 * figure.height - 200);
  });

  it('says when a model of many classes can tell none from the others, as one does that is given pictures in a wrong form', async () => {
    const even = (height: number) =>
      colorClassifier({
        outputs: { logits: { type: 'float32', dims: ['batch', 40] } },
        constants: {
          colors: float32([2, 3, 1, 1], [1, 0, 0, 0, 1, 0]),
          classes: float32(
            [2, 40],
            Array.from({ length: 80 }, (_, at) => (at === 0 ? height : 0)),
          ),
        },
      });
    const said = async (height: number) =>
      (await gradcam(['explain', photo, '--model', folder.write('even.onnx', even(height)), '-o', folder.at('x.png')])).err;
    // One class more probable than the rest by e^(mean red · height): by far for 100, hardly for 0.1.
    expect((await said(0.1)).join()).toMatch(/no class of 40 is much more probable than the others, .*2\.\d %.*--preprocess says which/);
    expect((await said(100)).join()).not.toContain('no class');
  });

  it.each([
    ['airplane.svg', 'airplane'],
    ['ship.svg', 'ship'],
    ['airplane-and-truck.svg', 'truck'],
  ])('is right about %s', async (file, label) => {
    const { out } = await gradcam(['explain', example(file), '--json', '--output', folder.at('x.png')]);
    expect(jsonLines(out)[0]?.['class']).toMatchObject({ label });
  });

  it('looks at the airplane for the airplane, and at the truck for the truck', async () => {
    const argv = ['explain', example('airplane-and-truck.svg'), '-c', 'airplane', '-c', 'truck', '-o', folder.at('x.png')];
    expect((await gradcam([...argv, '--save-heatmap', folder.at('heat')])).status).toBe(0);
    expect(files('heat')).toEqual(['airplane-and-truck.airplane.heatmap.npy', 'airplane-and-truck.truck.heatmap.npy']);
    const rows: number[] = [];
    for (const file of files('heat')) {
      const { dims, data } = await readNpy(folder.at('heat', file));
      expect(dims).toEqual([32, 32]);
      const values = Array.from(data, Number);
      expect(Math.max(...values)).toBeCloseTo(1, 6);
      rows.push(Math.floor(values.indexOf(Math.max(...values)) / 32));
    }
    // The airplane flies in the upper half, the truck stands in the lower one.
    expect(rows[0]).toBeLessThan(14);
    expect(rows[1]).toBeGreaterThan(18);
  });
});

describe('--json', () => {
  it('prints exactly the promised fields, and nothing else on standard output', async () => {
    const { status, out, err } = await explain(photo, '--json', '--output', folder.at('x.png'), '--top', '2');
    expect(status).toBe(0);
    const [line, ...more] = jsonLines(out);
    expect(more).toEqual([]);
    expect(Object.keys(line ?? {})).toEqual([
      'input',
      'model',
      'method',
      'layer',
      'class',
      'score',
      'target',
      'predictions',
      'files',
      'milliseconds',
    ]);
    // Half of the pixels are red, half are green: equal logits, of which the first wins; softmax of 0.5, 0.5, −0.5.
    const [tie, rest] = [Math.exp(0.5), Math.exp(-0.5)].map((power) => power / (2 * Math.exp(0.5) + Math.exp(-0.5)));
    expect(line).toMatchObject({ input: photo, model, method: 'gradcam', layer: 'features', files: [folder.at('x.png')], score: 0.5 });
    expect(line?.['class']).toEqual({ index: 0, label: 'class 0', probability: expect.closeTo(tie ?? 0, 6) });
    expect(line?.['predictions']).toEqual([
      { index: 0, label: 'class 0', probability: expect.closeTo(tie ?? 0, 6) },
      { index: 1, label: 'class 1', probability: expect.closeTo(tie ?? 0, 6) },
    ]);
    expect(line?.['milliseconds']).toBeGreaterThan(0);
    expect(rest).toBeLessThan(tie ?? 0);
    expect(err.every((note) => note.startsWith('gradcam: '))).toBe(true);
  });

  it('has a line for each explanation, classes first', async () => {
    const { out } = await explain(
      photo,
      '--json',
      '-o',
      folder.at('x.png'),
      '-c',
      '1',
      '-c',
      '0',
      '-c',
      '1',
      '--method',
      'gradcam',
      '--method',
      'gradient',
    );
    expect(jsonLines(out).map((line) => [(line['class'] as { index: number }).index, line['method'], line['layer']])).toEqual([
      [1, 'gradcam', 'features'],
      [1, 'saliency', 'image'],
      [0, 'gradcam', 'features'],
      [0, 'saliency', 'image'],
    ]);
  });

  it('has an error for a bad image, goes on, and fails', async () => {
    const bad = folder.write('bad.png', 'no picture');
    const { status, out, err } = await explain(bad, photo, '--json', '--output', folder.at('out'));
    expect(status).toBe(1);
    const [first, second] = jsonLines(out);
    expect(first).toEqual({ input: bad, error: { code: 'invalid-image', message: expect.stringContaining('bad.png') } });
    expect(second).toMatchObject({ input: photo, files: [folder.at('out', 'photo.gradcam.png')] });
    expect(err.filter((note) => note.includes('bad.png'))).toHaveLength(1);
    expect(files('out')).toEqual(['photo.gradcam.png']);
  });
});

describe('outputs', () => {
  it('go to NAME.gradcam.png in the working directory', async () => {
    const before = process.cwd();
    process.chdir(folder.path);
    try {
      const { out } = await explain('photo.png');
      expect(out).toContain('photo.gradcam.png');
    } finally {
      process.chdir(before);
    }
    expect(files()).toContain('photo.gradcam.png');
  });

  it('are named after the image, the class and the method where there are several', async () => {
    const labels = folder.write('labels.txt', 'red fox, Vulpes\ngreen/blue\nanti-red\n');
    const argv = [photo, '--labels', labels, '--overlay', '-c', '0', '-c', 'green/blue', '--method', 'gradcam', '--method', 'saliency'];
    const { status } = await explain(
      ...argv,
      '-o',
      folder.at('out/'),
      '--save-map',
      folder.at('maps'),
      '--layer',
      'features',
      '--layer',
      'maps',
    );
    expect(status).toBe(0);
    expect(files('out')).toEqual([
      'photo.green-blue.gradcam.gradcam.png',
      'photo.green-blue.saliency.gradcam.png',
      'photo.red-fox.gradcam.gradcam.png',
      'photo.red-fox.saliency.gradcam.png',
    ]);
    expect(files('maps').filter((name) => name.includes('red-fox'))).toEqual([
      'photo.red-fox.gradcam.features.map.npy',
      'photo.red-fox.gradcam.maps.map.npy',
      'photo.red-fox.saliency.image.map.npy',
    ]);
  });

  it('of images with one name do not overwrite each other', async () => {
    mkdirSync(folder.at('a'));
    mkdirSync(folder.at('b'));
    const others = [await folder.redAndGreen('a/PHOTO.png'), await folder.redAndGreen('b/photo.webp.png')];
    const { status } = await explain(photo, ...others, folder.at('a', 'PHOTO.png'), '-o', folder.at('out'));
    expect(status).toBe(0);
    expect(files('out')).toEqual(['PHOTO-2.gradcam.png', 'PHOTO-3.gradcam.png', 'photo.gradcam.png', 'photo.webp.gradcam.png']);
  });

  it.each(['png', 'jpg', 'webp'])('as %s', async (extension) => {
    await explain(photo, '-o', folder.at(`x.${extension}`));
    expect((await readImage(folder.at(`x.${extension}`))).width).toBeGreaterThan(600);
  });

  it('are an overlay of the size of the picture with --overlay', async () => {
    await explain(photo, '--overlay', '--alpha', '1', '--colormap', 'greys', '-c', '0', '-o', folder.at('x.png'));
    const { width, height, data } = await readImage(folder.at('x.png'));
    expect([width, height]).toEqual([4, 4]);
    // Grad-CAM of red is the red map itself: 1 on the left half.
    expect([data[0], data[9]]).toEqual([255, 0]);
  });

  it('never overwrite what was read', async () => {
    const before = readFileSync(photo);
    const { status, err } = await explain(photo, '-o', photo);
    expect(status).toBe(2);
    expect(err.at(-1)).toContain('would be overwritten');
    expect(readFileSync(photo)).toEqual(before);
    expect((await explain(photo, '-o', folder.at('x.png'), '--save-map', folder.at('x.png'))).status).toBe(2);
  });

  it('are several: the name of one picture is wrong usage', async () => {
    const { status, err } = await explain(photo, '--overlay', '-c', '0', '-c', '1', '-o', folder.at('x.png'));
    expect([status, err.at(-1)]).toEqual([2, expect.stringContaining('names one picture, but there are several; give a folder')]);
  });

  it('cannot be written: one line, nothing left, no model loaded in vain', async () => {
    const file = folder.write('file', '');
    for (const argv of [
      [photo, '-o', `${file}/x.png`],
      [photo, '-o', `${file}/deep/`],
      [photo, photo, '-o', file],
      [photo, '-o', folder.at('nowhere', 'x.png')],
      [photo, '-o', folder.at('x.bmp')],
      [photo, '--save-map', `${file}/x.npy`],
      [photo, '--save-heatmap', folder.at('nowhere', 'x.npy')],
    ]) {
      const { status, out, err } = await explain(...argv);
      expect([status, out, err.length], argv.join(' ')).toEqual([1, '', 1]);
    }
    expect(files()).toEqual(['colors.onnx', 'file', 'photo.png']);
  });
});

describe('maps', () => {
  it('are L itself: signed, at the resolution of the layer', async () => {
    await explain(photo, '-o', folder.at('x.png'), '-c', '2', '--save-map', folder.at('l.npy'), '--save-heatmap', folder.at('h.npy'));
    const map = await readNpy(folder.at('l.npy'));
    // dy/dA is −1/16 for the red map and 0 for the green one; its mean over positions is the weight.
    expect(map).toEqual({
      type: 'float32',
      dims: [4, 4],
      data: Float32Array.from({ length: 16 }, (_, index) => (index % 4 < 2 ? -1 / 16 : 0)),
    });
    // Nothing speaks for it: said, and zero.
    expect(await readNpy(folder.at('h.npy'))).toEqual({ type: 'float32', dims: [4, 4], data: new Float32Array(16) });
  });

  it('without evidence are said to be so', async () => {
    const { status, err } = await explain(photo, '-o', folder.at('x.png'), '-c', '2');
    expect(status).toBe(0);
    expect(err.at(-1)).toBe(`gradcam: ${photo}: no position of 'features' speaks for class 2: the heatmap is all zero`);
  });
});
