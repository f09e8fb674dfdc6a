import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../testing/files.js';
import { colorClassifier, externalClassifier } from '../testing/models.js';
import { gradcam } from '../testing/run.js';

const folder = useFolder((folder) => {
  mkdirSync(folder.at('out'));
  folder.write('m.onnx', colorClassifier());
});
const model = folder.at('m.onnx');

/** A green picture with some red in its first row, run through an exported file by the plain runtime. */
async function run(file: string, classes?: readonly number[]) {
  const session = await (await nodeRuntime()).open(new Uint8Array(readFileSync(file)));
  const image = Float32Array.from({ length: 48 }, (_, index) => (index < 4 ? 0.5 : index >= 16 && index < 32 ? 1 : 0));
  const feeds = { image: { type: 'float32' as const, dims: [1, 3, 4, 4], data: image } };
  const chosen = classes && { class: { type: 'int64' as const, dims: [classes.length], data: BigInt64Array.from(classes, BigInt) } };
  const outputs = await session.run({ ...feeds, ...chosen });
  const names = session.inputs.map(({ name }) => name);
  await session.close();
  return { outputs, names };
}

const green = new Float32Array(16).fill(1);
const firstRow = Float32Array.from({ length: 16 }, (_, index) => (index < 4 ? 1 : 0));

describe('gradcam export', () => {
  it('takes a method, and says what is explained', async () => {
    const argv = ['export', '--model', model, '--output', folder.at('out', 'e.onnx'), '--method', 'hirescam', '-c', '1', '--against', '2'];
    expect((await gradcam(argv)).out).toMatch(/output heatmap: float32 in \[0, 1\], hirescam at features, of class 1 rather than 2\n$/);
    // Mean green and mean red: 1.5 in the first row, 1 elsewhere.
    expect(Array.from((await run(folder.at('out', 'e.onnx'))).outputs['heatmap']?.data ?? [], Number)).toEqual(
      Array.from({ length: 16 }, (_, at) => (at < 4 ? 1 : Math.fround(1 / 1.5))),
    );
    const against = ['export', '--model', model, '--output', folder.at('out', 'f.onnx'), '-c', '2', '--counterfactual'];
    expect((await gradcam(against)).out).toMatch(/gradcam at features, against class 2\n$/);
  });

  it('writes a drop-in replacement that explains the most probable class', async () => {
    const { status, out, err } = await gradcam(['export', '--model', model, '--output', folder.at('out', 'e.onnx')]);
    expect(status).toBe(0);
    expect(out).toMatch(
      /e\.onnx: .*m\.onnx with \d+ bytes more\n {2}output heatmap: float32 in \[0, 1\], gradcam at features, of the most probable class\n$/,
    );
    expect(err.filter((line) => !line.includes('labels'))).toEqual([]);
    const { outputs, names } = await run(folder.at('out', 'e.onnx'));
    expect(names).toEqual(['image']);
    expect(Object.keys(outputs)).toEqual(['logits', 'heatmap']);
    expect(outputs['heatmap']).toEqual({ type: 'float32', dims: [1, 4, 4], data: green });
  });

  it('fixes a class, by index or label', async () => {
    const labels = folder.write('labels.txt', 'red\ngreen\nnone');
    const { out } = await gradcam(['export', '-m', model, '-o', folder.at('out', 'e.onnx'), '--class', 'red', '--labels', labels]);
    expect(out).toContain('of red (class 0)');
    expect((await run(folder.at('out', 'e.onnx'))).outputs['heatmap']?.data).toEqual(firstRow);
  });

  it('adds the class input', async () => {
    const { out } = await gradcam(['export', '-m', model, '-o', folder.at('out', 'e.onnx'), '--class-input']);
    expect(out).toContain('input class: int64 [K]');
    const { outputs } = await run(folder.at('out', 'e.onnx'), [0, -1]);
    expect(outputs['heatmap']?.dims).toEqual([2, 4, 4]);
    expect(outputs['heatmap']?.data).toEqual(Float32Array.of(...firstRow, ...green));
  });

  it('takes external weights along', async () => {
    const { model: external, weights } = externalClassifier('deep/w.bin');
    mkdirSync(folder.at('deep'));
    folder.write('deep/w.bin', weights);
    const file = folder.write('external.onnx', external);
    const { status, out } = await gradcam(['export', '-m', file, '-o', folder.at('out', 'e.onnx')]);
    expect([status, out]).toEqual([0, expect.stringContaining(folder.at('out', 'deep', 'w.bin'))]);
    expect(new Uint8Array(readFileSync(folder.at('out', 'deep', 'w.bin')))).toEqual(weights);
    expect(
      await gradcam(['explain', await folder.redAndGreen('p.png'), '-m', folder.at('out', 'e.onnx'), '-o', folder.at('p.jpg')]),
    ).toMatchObject({ status: 0 });
    // Beside the model nothing is copied; and another's file is never overwritten.
    expect((await gradcam(['export', '-m', file, '-o', folder.at('e.onnx')])).status).toBe(0);
    folder.write('out/deep/w.bin', 'something else');
    const taken = await gradcam(['export', '-m', file, '-o', folder.at('out', 'f.onnx')]);
    expect([taken.status, taken.err.at(-1)]).toEqual([1, expect.stringContaining('another file is there')]);
    expect(existsSync(folder.at('out', 'f.onnx'))).toBe(false);
  });

  it.each([
    [['--class', '3'], 1, 'from 0 to 2'],
    [['--layer', 'fetures'], 1, 'nearest: features'],
    [['--method', 'gradcan'], 2, "did you mean 'gradcam'"],
  ])('refuses %j', async (argv, code, words) => {
    const { status, err } = await gradcam(['export', '-m', model, '-o', folder.at('out', 'e.onnx'), ...argv]);
    expect([status, err.at(-1)]).toEqual([code, expect.stringContaining(words)]);
    expect(readdirSync(folder.at('out'))).toEqual([]);
  });

  it('never overwrites the model it reads', async () => {
    const { status, err } = await gradcam(['export', '-m', model, '-o', model]);
    expect([status, err.at(-1)]).toEqual([2, expect.stringContaining('would be overwritten')]);
    expect(new Uint8Array(readFileSync(model))).toEqual(colorClassifier());
  });
});
