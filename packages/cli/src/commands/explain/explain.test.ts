import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readImage, readNpy } from '@gradcam/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { example, Folder } from '../../testing/files.js';
import { byteClassifier, colorClassifier, withMetadata } from '../../testing/models.js';
import { gradcam, jsonLines } from '../../testing/run.js';

let folder: Folder;
let model: string;
let photo: string;
beforeEach(async () => {
  folder = new Folder();
  model = folder.write('colors.onnx', colorClassifier());
  photo = await folder.redAndGreen('photo.png');
});
afterEach(() => folder.remove());

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

describe('tensors and standard input', () => {
  const red = Float32Array.from({ length: 48 }, (_, index) => (index < 16 && index % 4 < 2 ? 1 : 0));

  it('takes a .npy tensor as it is, and draws the heatmap alone', async () => {
    const x = folder.npy('x.npy', { type: 'float32', dims: [1, 3, 4, 4], data: red });
    const { status, out, err } = await gradcam(['explain', x, '--model', model, '--json', '-o', folder.at('x.png'), '--colormap', 'greys']);
    expect(status).toBe(0);
    expect(jsonLines(out)[0]).toMatchObject({ input: x, score: 0.5 });
    expect((await readImage(folder.at('x.png'))).data.slice(0, 12)).toEqual(Uint8Array.of(255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0));
    expect(err.join()).not.toContain('preprocessing');
  });

  it('takes one image without the axis of the batch, and a batch', async () => {
    const one = folder.npy('one.npy', { type: 'float32', dims: [3, 4, 4], data: red });
    expect((await explain(one, '-o', folder.at('x.png'))).status).toBe(0);
    const two = folder.npy('two.npy', {
      type: 'float32',
      dims: [2, 3, 4, 4],
      data: Float32Array.of(...red, ...red.map((value) => value / 2)),
    });
    const { out } = await explain(two, '--json', '-o', folder.at('out'));
    expect(
      jsonLines(out).map(({ input, score, files: [file] = [] }: Record<string, unknown> & { files?: string[] }) => [input, score, file]),
    ).toEqual([
      [`${two}[0]`, 0.5, folder.at('out', 'two.0.gradcam.png')],
      [`${two}[1]`, 0.25, folder.at('out', 'two.1.gradcam.png')],
    ]);
  });

  it('refuses another shape or type', async () => {
    const wrong = [
      folder.npy('shape.npy', { type: 'float32', dims: [1, 3, 4, 5], data: new Float32Array(60) }),
      folder.npy('layout.npy', { type: 'float32', dims: [1, 4, 4, 3], data: new Float32Array(48) }),
      folder.npy('empty.npy', { type: 'float32', dims: [0, 3, 4, 4], data: new Float32Array(0) }),
      folder.npy('type.npy', { type: 'float64', dims: [1, 3, 4, 4], data: new Float64Array(48) }),
    ];
    const { status, err } = await explain(...wrong, '-o', folder.at('out'));
    expect(status).toBe(1);
    const lines = err.filter((line) => line.includes('.npy'));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain("shape.npy' in the shape of the model's input 'image', [batch, 3, 4, 4], but it is [1, 3, 4, 5]");
    expect(lines[3]).toContain("holds float64; convert it: array.astype('float32')");
    expect(existsSync(folder.at('out'))).toBe(false);
  });

  it('reads a picture or a tensor from standard input', async () => {
    const argv = ['explain', '-', '--model', model, '--preprocess', 'unit', '--json', '-o', folder.at('out/')];
    const picture = await gradcam(argv, new Uint8Array(readFileSync(photo)));
    expect(jsonLines(picture.out)[0]).toMatchObject({ input: '-', files: [folder.at('out', 'stdin.gradcam.png')] });
    const tensor = readFileSync(folder.npy('x.npy', { type: 'float32', dims: [1, 3, 4, 4], data: red }));
    expect(jsonLines((await gradcam(argv, new Uint8Array(tensor))).out)[0]).toMatchObject({ input: '-', score: 0.5 });
    const nothing = await gradcam(argv);
    expect(nothing.status).toBe(1);
    expect(nothing.err.at(-1)).toContain('standard input');
  });

  it('gives bytes to a model that takes bytes', async () => {
    const bytes = folder.write('bytes.onnx', byteClassifier());
    const { status, out, err } = await gradcam(['explain', photo, '--model', bytes, '--json', '-o', folder.at('x.png')]);
    expect(status).toBe(0);
    expect(jsonLines(out)[0]?.['score']).toBeCloseTo(0.5, 6);
    expect(err.join()).toContain("preprocessing: 'raw' at 4 × 4 is assumed, since the input takes bytes");
  });
});

describe('labels and preprocessing', () => {
  it('come from the metadata, and options win', async () => {
    const preprocess = JSON.stringify({ size: [4, 4], fit: 'fill', scale: 1 / 255, channels: 'BGR' });
    const own = folder.write('own.onnx', withMetadata(colorClassifier(), { labels: '["red", "green", "none"]', preprocess }));
    const run = async (...argv: string[]) =>
      jsonLines((await gradcam(['explain', photo, '--model', own, '--json', '-o', folder.at('x.png'), ...argv])).out)[0];
    // BGR: the picture's red arrives in the blue channel, which nothing reads.
    expect(await run()).toMatchObject({ class: { index: 1, label: 'green' }, score: 0.5 });
    writeFileSync(folder.at('other.json'), JSON.stringify({ size: 4, fit: 'fill' }));
    const labels = folder.write('labels.txt', 'a\nb\nc');
    expect(await run('--preprocess', folder.at('other.json'), '--labels', labels, '-c', 'a')).toMatchObject({
      class: { label: 'a' },
      score: 0.5,
    });
  });

  it('come from the files beside the model', async () => {
    folder.write('config.json', JSON.stringify({ id2label: { 0: 'red', 1: 'green', 2: 'none' } }));
    folder.write('preprocessor_config.json', JSON.stringify({ size: { height: 4, width: 4 }, do_resize: true }));
    const { out, err } = await gradcam(['explain', photo, '--model', model, '--json', '-c', 'green', '-o', folder.at('x.png')]);
    expect(jsonLines(out)[0]).toMatchObject({ class: { index: 1, label: 'green' }, score: 0.5 });
    expect(err.join()).toContain('preprocessor_config.json');
  });

  it('are said to be a guess where they are', async () => {
    const { err } = await gradcam(['explain', photo, '--model', model, '-o', folder.at('x.png')]);
    expect(err.join('\n')).toContain("the model's 3 classes have no labels");
    expect(err.join('\n')).toContain("preprocessing: 'imagenet' at 4 × 4 is assumed");
  });

  it('refuses a size that the model does not have, and labels that are too few', async () => {
    const size = folder.write('size.json', JSON.stringify({ size: [8, 8] }));
    const first = await explain(photo, '--preprocess', size, '-o', folder.at('x.png'));
    expect([first.status, first.err.at(-1)]).toEqual([
      1,
      expect.stringContaining("asks for a size of 8 × 8, but the model's input 'image' is fixed at 4 × 4"),
    ]);
    const labels = folder.write('labels.txt', 'a\nb\n');
    const second = await explain(photo, '--labels', labels, '-o', folder.at('x.png'));
    expect([second.status, second.err.at(-1)]).toEqual([1, expect.stringContaining('expected 3 labels')]);
  });
});
