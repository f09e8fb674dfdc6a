import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { encodePng } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { BUNDLED } from '../../model/bundled.js';
import { example, pngHeader, useFolder } from '../../testing/files.js';
import { colorClassifier, externalClassifier, flatClassifier } from '../../testing/models.js';
import { gradcam, type Outcome } from '../../testing/run.js';

const folder = useFolder((folder) => folder.redAndGreen('photo.png'));
const photo = folder.at('photo.png');

/** Exit status 1, nothing on standard output, one line that says what is wrong; nothing written. */
function expectFailure({ status, out, err }: Outcome, words: string | RegExp): void {
  const line = err.at(-1) ?? '';
  expect(line).toMatch(words);
  expect([status, out]).toEqual([1, '']);
  expect(line).toMatch(/^gradcam: [^\n]*$/);
  expect(line).not.toMatch(/unexpected error|\.[jt]s:\d/);
  expect(existsSync(folder.at('out'))).toBe(false);
}

const explain = (...argv: string[]) => gradcam(['explain', ...argv, '-o', folder.at('out/')]);

describe('a model that is', () => {
  const bundled = () => new Uint8Array(readFileSync(BUNDLED.path));

  it.each<[string, () => Uint8Array | string, string | RegExp]>([
    ['no ONNX', () => 'this is some text, and no model at all', /m\.onnx|ONNX/],
    ['a web page', () => '<!DOCTYPE html><html></html>', 'perhaps a web page'],
    ['a picture', () => pngHeader(4, 4), /ONNX/],
    ['empty', () => '', 'the file is empty'],
    ['cut off in its weights', () => bundled().subarray(0, 400_000), /cut|ends|truncated|bytes/],
    ['cut off early', () => bundled().subarray(0, 100), /cut|ends|truncated|bytes/],
    ['without a spatial layer', flatClassifier, 'no spatial layer'],
  ])('%s', async (_, content, words) => {
    const model = folder.write('m.onnx', content());
    expectFailure(await explain(photo, '--model', model), words);
  });

  it('absent, or misspelt', async () => {
    folder.write('resnet.onnx', colorClassifier());
    expectFailure(await explain(photo, '--model', folder.at('resnte.onnx')), `near it there is '${folder.at('resnet.onnx')}'`);
    expectFailure(await explain(photo, '--model', 'resnet81'), /did you mean resnet18/);
    expectFailure(await explain(photo, '--model', folder.path), 'that is a folder');
  });

  it('without its external weights, or with such outside of its folder', async () => {
    const missing = folder.write('m.onnx', externalClassifier('weights.bin').model);
    expectFailure(await explain(photo, '--model', missing), "keeps weights in 'weights.bin', but there is no");
    mkdirSync(folder.at('sub'));
    folder.write('secret.bin', externalClassifier('').weights);
    for (const location of ['../secret.bin', folder.at('secret.bin')]) {
      const outside = folder.write('sub/m.onnx', externalClassifier(location).model);
      expectFailure(await explain(photo, '--model', outside), 'only files beside the model are read');
    }
  });

  it('with external weights beside it: explained', async () => {
    const { model, weights } = externalClassifier('weights.bin');
    folder.write('weights.bin', weights);
    expect(await explain(photo, '--model', folder.write('m.onnx', model))).toMatchObject({ status: 0 });
  });
});

describe('a name that the model does not have', () => {
  it.each([
    [['-c', '10'], 'Expected a class from 0 to 9, got 10.'],
    [['-c', '-1'], 'Expected a class from 0 to 9, got -1.'],
    [['-c', 'truk'], "No class is labelled 'truk'; did you mean 'truck'"],
    [['-c', ''], 'it is empty'],
    [['-l', '/stages/stages.5/Relu_1_output'], /nearest: \/stages\/stages\.5\/Relu_1_output_0/],
    [['-l', 'logits'], /cannot be explained: it is no feature map/],
    [['--labels', 'nowhere.txt'], "expected a file of labels at 'nowhere.txt', but it cannot be read: there is no such file"],
    [['--preprocess', 'nowhere.json'], 'there is no such file'],
  ])('%j', async (argv, words) => {
    const outcome = await explain(photo, ...argv);
    if (argv[1] === '') expect([outcome.status, outcome.err.at(-1)]).toEqual([2, expect.stringContaining('it is empty')]);
    else expectFailure(outcome, words);
  });

  it('ambiguous label', async () => {
    const labels = folder.write('labels.txt', 'crane\ncrane\nother\n');
    const model = folder.write('m.onnx', colorClassifier());
    expectFailure(await explain(photo, '--model', model, '--labels', labels, '-c', 'crane'), 'fits 2 classes: 0 (crane); 1 (crane)');
  });

  it('a device that is known but not there', async () => {
    expectFailure(
      await explain(photo, '--device', process.platform === 'darwin' ? 'dml' : 'coreml'),
      /device '(coreml|dml)' is not in this build/,
    );
  });
});

describe('an image that is', () => {
  it.each<[string, () => Uint8Array | string, string | RegExp]>([
    ['empty', () => '', 'is empty'],
    ['no image', () => 'text', 'is none of these'],
    ['truncated', () => new Uint8Array(readFileSync(photo)).subarray(0, 60), 'damaged or cut short'],
    ['50,000 × 50,000', () => pngHeader(50_000, 50_000), 'at most 150000000 pixels'],
    ['an SVG that is cut off', () => readFileSync(example('ship.svg')).subarray(0, 500), 'SVG'],
  ])('%s', async (_, content, words) => {
    expectFailure(await explain(folder.write('bad.png', content())), words);
  });

  it('not there, or a folder', async () => {
    expectFailure(await explain(folder.at('phto.png')), `near it there is '${photo}'`);
    expectFailure(await explain(folder.path), 'that is a folder');
  });

  it('a .npy file that is none, or cut off', async () => {
    expectFailure(await explain(folder.write('x.npy', 'text that is long enough')), 'does not begin as one');
    const x = folder.npy('y.npy', { type: 'float32', dims: [1, 3, 32, 32], data: new Float32Array(3072) });
    truncateSync(x, 1000);
    expectFailure(await explain(x), 'Expected 12288 bytes of float32');
  });

  it('1 × 1: explained all the same', async () => {
    const dot = folder.write('dot.png', await encodePng({ width: 1, height: 1, data: Uint8Array.of(200, 30, 30) }));
    expect(await explain(dot)).toMatchObject({ status: 0 });
    expect(await explain(dot, '--overlay')).toMatchObject({ status: 0 });
    expect(readdirSync(folder.at('out'))).toEqual(['dot.gradcam.png']);
  });

  it('not finite: said, never drawn', async () => {
    const x = folder.npy('x.npy', { type: 'float32', dims: [1, 3, 32, 32], data: new Float32Array(3072).fill(Number.NaN) });
    expectFailure(await explain(x), 'not finite');
  });

  it('bad, between good ones: they are explained', async () => {
    const bad = folder.write('bad.png', deflateSync(Buffer.alloc(100)));
    const { status, err } = await explain(photo, bad, example('ship.svg'));
    expect(status).toBe(1);
    expect(err.filter((line) => line.includes('bad.png'))).toHaveLength(1);
    expect(readdirSync(folder.at('out')).sort()).toEqual(['photo.gradcam.png', 'ship.gradcam.png']);
  });
});
