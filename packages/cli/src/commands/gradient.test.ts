import { existsSync } from 'node:fs';
import { readNpy } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../testing/files.js';
import { byteClassifier, colorClassifier, externalClassifier, product } from '../testing/models.js';
import { gradcam } from '../testing/run.js';

const folder = useFolder((folder) => {
  folder.write('m.onnx', colorClassifier());
  folder.npy('x.npy', { type: 'float32', dims: [1, 3, 4, 4], data: new Float32Array(48).fill(1) });
});
const model = folder.at('m.onnx');
const x = folder.at('x.npy');

const gradient = (...argv: string[]) => gradcam(['gradient', ...argv, '--output', folder.at('g.npy')]);

describe('gradcam gradient', () => {
  it('writes d of / d wrt of one class, in the shape of wrt', async () => {
    const { status, out } = await gradient('--model', model, '--input', x, '--of', 'logits', '--wrt', 'features', '--class', '1');
    expect([status, out]).toEqual([0, `${folder.at('g.npy')}: d logits[…, 1] / d features, float32 [1, 2, 4, 4]\n`]);
    // Class 1 is mean green: 1/16 for each of its positions.
    expect((await readNpy(folder.at('g.npy'))).data).toEqual(Float32Array.from({ length: 32 }, (_, index) => (index < 16 ? 0 : 1 / 16)));
  });

  it('without a class: of the sum of all entries, here mean green', async () => {
    await gradient('--model', model, '--input', x, '--of', 'logits', '--wrt', 'image');
    const { dims, data } = await readNpy(folder.at('g.npy'));
    expect(dims).toEqual([1, 3, 4, 4]);
    expect(data).toEqual(Float32Array.from({ length: 48 }, (_, index) => (index >= 16 && index < 32 ? 1 / 16 : 0)));
  });

  it('takes several inputs by name', async () => {
    const two = folder.write('two.onnx', product());
    const [left, right] = [2, 3].map((value) =>
      folder.npy(`${value}.npy`, { type: 'float32', dims: [2], data: Float32Array.of(value, value) }),
    );
    const argv = ['--model', two, '--of', 'y', '--wrt', 'left'];
    expect((await gradient(...argv, '--input', `right=${right}`, '--input', `left=${left}`)).status).toBe(0);
    expect((await readNpy(folder.at('g.npy'))).data).toEqual(Float32Array.of(3, 3));
    expect(await gradient(...argv, '--input', `${left}`)).toMatchObject({
      status: 2,
      err: [expect.stringContaining('--input right=X.npy')],
    });
    expect(await gradient(...argv, '--input', `${left}`, '--input', `${right}`)).toMatchObject({ status: 2 });
  });

  it('finds weights beside the model', async () => {
    const { model: external, weights } = externalClassifier('w.bin');
    folder.write('w.bin', weights);
    const file = folder.write('e.onnx', external);
    expect((await gradient('--model', file, '--input', x, '--of', 'logits', '--wrt', 'image')).status).toBe(0);
  });

  it.each([
    [['--of', 'logts', '--wrt', 'image'], "no value named 'logts'; nearest: logits"],
    [['--of', 'logits', '--wrt', 'imgae'], "no value named 'imgae'; nearest: image"],
    [['--of', 'logits', '--wrt', 'image', '--class', '3'], 'expected a class from 0 to 2'],
    [['--of', 'maps', '--wrt', 'logits'], /does not depend|no-gradient|path/],
  ])('%j', async (argv, words) => {
    const { status, out, err } = await gradient('--model', model, '--input', x, ...argv);
    expect(err.at(-1)).toMatch(words);
    expect([status, out, existsSync(folder.at('g.npy'))]).toEqual([1, '', false]);
  });

  it('refuses whole numbers, and names the first value that has a gradient', async () => {
    const bytes = folder.write('bytes.onnx', byteClassifier());
    const input = folder.npy('u.npy', { type: 'uint8', dims: [1, 3, 4, 4], data: new Uint8Array(48) });
    const { status, err } = await gradient('--model', bytes, '--input', input, '--of', 'logits', '--wrt', 'bytes');
    expect([status, err.at(-1)]).toEqual([1, expect.stringContaining("the first floating-point value after it is 'image'")]);
  });

  it('refuses inputs of another shape or type', async () => {
    for (const tensor of [
      { type: 'float64', dims: [1, 3, 4, 4], data: new Float64Array(48) },
      { type: 'float32', dims: [3, 4, 4], data: new Float32Array(48) },
      { type: 'float32', dims: [1, 3, 4, 5], data: new Float32Array(60) },
    ] as const) {
      const { status, err } = await gradient('--model', model, '--input', folder.npy('y.npy', tensor), '--of', 'logits', '--wrt', 'image');
      expect([status, err.at(-1)]).toEqual([1, expect.stringContaining("the model's input 'image', float32 [batch, 3, 4, 4]")]);
    }
    const outside = await gradcam([
      'gradient',
      '-m',
      model,
      '-i',
      x,
      '--of',
      'logits',
      '--wrt',
      'image',
      '-o',
      folder.at('nowhere', 'g.npy'),
    ]);
    expect([outside.status, outside.err.at(-1)]).toEqual([1, expect.stringContaining('create it first')]);
  });
});
