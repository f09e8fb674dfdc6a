import { readdirSync } from 'node:fs';
import { readImage } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../../testing/files.js';
import { colorClassifier } from '../../testing/models.js';
import { gradcam, jsonLines } from '../../testing/run.js';

const NAMES = ['one.png', 'two.png', 'three.png'];

const folder = useFolder(async (folder) => {
  folder.write('colors.onnx', colorClassifier());
  for (const name of NAMES) await folder.redAndGreen(name);
});
const model = folder.at('colors.onnx');
const photos = NAMES.map((name) => folder.at(name));

const explain = (...argv: string[]) => gradcam(['explain', '--model', model, '--preprocess', 'unit', ...argv]);
const sheet = () => folder.at('sheet.png');
const two = ['--method', 'gradcam', '--method', 'layercam'];

describe('--sheet', () => {
  it.each([
    ['methods', two],
    ['classes', ['-c', '0', '-c', '1']],
  ])('shows several images by %s in one file, and writes no other', async (_, argv) => {
    const { status, out } = await explain(...photos, ...argv, '--sheet', sheet());
    expect([status, out.trimEnd().split('\n').at(-1)]).toEqual([0, sheet()]);
    expect(readdirSync(folder.path).sort()).toEqual(['colors.onnx', 'one.png', 'sheet.png', 'three.png', 'two.png']);
    // Three rows of the original and two overlays, 320 px each.
    const { width, height } = await readImage(sheet());
    expect(width).toBeGreaterThan(3 * 320);
    expect(width).toBeLessThan(3 * 320 + 400);
    expect(height).toBeGreaterThan(3 * 320);
  });

  it('writes the figures, too, where they are asked for, and names the file in JSON', async () => {
    const { out } = await explain(...photos, ...two, '--sheet', sheet(), '-o', folder.at('out'), '--json');
    const lines = jsonLines(out);
    expect(lines).toHaveLength(6);
    expect(lines[0]?.['files']).toEqual([folder.at('out', 'one.gradcam.png'), sheet()]);
    expect(readdirSync(folder.at('out'))).toHaveLength(3);
  });

  it('leaves out an image that cannot be read, and is not written where none can', async () => {
    const bad = folder.write('bad.png', 'no picture');
    const { status } = await explain(bad, ...photos, ...two, '--sheet', sheet());
    const { height } = await readImage(sheet());
    expect([status, height > 900, height < 1250]).toEqual([1, true, true]);
    await explain(bad, bad, '--sheet', folder.at('none.png'));
    expect(readdirSync(folder.path)).not.toContain('none.png');
  });

  it.each<[string, string[], string | RegExp]>([
    ['methods and classes of several images', [...two, '-c', '0', '-c', '1'], 'several methods or several classes'],
    ['another format', ['--sheet', 'sheet.bmp'], 'Expected a file ending in'],
    ['a folder', ['--sheet', '.'], 'is a folder; give the name of a file'],
  ])('refuses %s', async (_, argv, words) => {
    const { status, err } = await explain(...photos, '--sheet', sheet(), ...argv);
    expect(status).toBeGreaterThan(0);
    expect(err.at(-1)).toContain(words);
  });

  it('has no place for a tensor', async () => {
    const tensor = folder.npy('x.npy', { type: 'float32', dims: [1, 3, 4, 4], data: new Float32Array(48).fill(0.5) });
    const { status, err } = await explain(tensor, ...photos, '--sheet', sheet());
    expect([status, err.filter((line) => line.includes('a contact sheet shows pictures')).length]).toEqual([1, 1]);
  });
});

it('several methods and several classes of one image are a table', async () => {
  const [photo = ''] = photos;
  await explain(photo, ...two, '-c', '0', '-c', '1', '-c', '2', '-o', folder.at('table.png'));
  const table = await readImage(folder.at('table.png'));
  // The original above two rows of three, 320 px each.
  expect([table.width > 3 * 320 + 80, table.height > 3 * 320, table.height < 3 * 320 + 200]).toEqual([true, true, true]);
});
