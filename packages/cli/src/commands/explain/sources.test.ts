import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readImage, readNpy } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { doubleNetwork, smallNetwork } from '../../../../core/src/testing/networks.js';
import { quantizedNetwork } from '../../../../core/src/testing/quantized.js';
import { useColors } from '../../testing/files.js';
import { byteClassifier, colorClassifier, withMetadata } from '../../testing/models.js';
import { gradcam, jsonLines } from '../../testing/run.js';

const { folder, model, photo } = useColors();

/** Plain pixels in 0..1, so that the classifier's logits are mean red, mean green, −mean red. */
const explain = (...argv: string[]) => gradcam(['explain', '--model', model, '--preprocess', 'unit', ...argv]);

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

describe('models of other numbers than float32', () => {
  // 'unit' gives the red half 1 in the first channel, the green half 1 in the second: mean 1 / 2 each.
  it.each([
    ['float16', smallNetwork({ type: 'float16' })],
    ['float64', doubleNetwork()],
    ['quantised by pairs', quantizedNetwork('QDQ')],
    ['quantised operators', quantizedNetwork('QOperator')],
    ['scales found at run time', quantizedNetwork('dynamic')],
  ])('%s', async (_, bytes) => {
    const path = folder.write('other.onnx', bytes);
    const argv = [photo, '--model', path, '--preprocess', 'unit', '--json', '-o', folder.at('x.png'), '--save-map', folder.at('map.npy')];
    const { status, out } = await gradcam(['explain', ...argv, '-c', '1']);
    expect(status).toBe(0);
    // Class 1: −1 · mean red + 3 · mean green; −1 / 16 where it is red, 3 / 16 where it is green.
    expect(jsonLines(out)[0]).toMatchObject({ layer: 'features', score: 1 });
    const map = await readNpy(folder.at('map.npy'));
    expect(map).toMatchObject({ type: 'float32', dims: [4, 4] });
    Array.from(map.data, Number).forEach((value, position) => {
      expect(value).toBeCloseTo((position % 4 < 2 ? -1 : 3) / 16, 3);
    });
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
