import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { readNpy } from '@gradcam/node';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../../testing/files.js';
import { colorClassifier } from '../../testing/models.js';
import { gradcam } from '../../testing/run.js';

const folder = useFolder((folder) => folder.write('colors.onnx', colorClassifier()));
const model = folder.at('colors.onnx');

/** Plain pixels in 0..1: the logits are mean red, mean green, −mean red. All in this thread, which reads the sources. */
const batch = (sources: string | readonly string[], ...argv: string[]) =>
  gradcam([
    'batch',
    ...[sources].flat(),
    ...['--model', model, '--preprocess', 'unit', '--workers', '0', '--output', folder.at('out')],
    ...argv,
  ]);
const rows = (): Record<string, unknown>[] =>
  readFileSync(folder.at('out', 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const images = () => rows().map(({ image }) => String(image).slice(folder.path.length + 1));

async function photos(...names: string[]): Promise<string> {
  mkdirSync(folder.at('photos', 'below'), { recursive: true });
  for (const name of names) await folder.redAndGreen(`photos/${name}`);
  return folder.at('photos');
}

describe('a row', () => {
  it('is what the closed form says', async () => {
    await photos('a.png');
    const list = folder.write(
      'list.csv',
      'image,class,box\nphotos/a.png,1,"0,0,2,4"\nphotos/a.png,0,"0,0,1,4; 3,0,4,4"\nphotos/none.png,2,\nphotos/a.png,9,\n',
    );
    const { status, out } = await batch(
      list,
      '--class',
      '0',
      '--labels',
      folder.write('labels.txt', 'red\ngreen\nnone\n'),
      '--maps',
      'npy',
    );
    expect(status).toBe(0);
    expect(out).toMatch(/^4 images, 4 rows, [\d.]+ a second; 2 could not be explained/);
    const [first, second, missing, unknown] = rows();
    // Red and green fill a half each: both logits are ½, and the third is −½.
    const probability = Math.exp(0.5) / (2 * Math.exp(0.5) + Math.exp(-0.5));
    expect(first).toMatchObject({
      class: 0,
      label: 'red',
      predicted: 0,
      predictedLabel: 'red',
      target: 1,
      targetLabel: 'green',
      error: null,
    });
    expect(first?.['probability']).toBeCloseTo(probability, 6);
    // The heatmap is 1 on the left half: 8 of 16 positions, log₂ 8 / log₂ 16; its centre lies a quarter from the left.
    expect(first).toMatchObject({ energyInside: 1, entropy: 0.75, centerX: 0.25, centerY: 0.5, layer: 'features', method: 'gradcam' });
    expect(second).toMatchObject({ energyInside: 0.5, target: 0 });
    expect(missing).toMatchObject({
      class: null,
      target: 2,
      targetLabel: 'none',
      overlay: null,
      error: expect.stringMatching(/no such file/),
    });
    expect(unknown).toMatchObject({ class: null, target: null, error: expect.stringMatching(/class/) });
    // Two rows of one picture have files of their own. Lᵢⱼ is red times the weight 1/16, of 16 positions.
    expect(first?.['overlay']).not.toBe(second?.['overlay']);
    expect(existsSync(folder.at('out', String(first?.['overlay'])))).toBe(true);
    const map = await readNpy(folder.at('out', String(first?.['map'])));
    expect(map.dims).toEqual([4, 4]);
    expect([...(map.data as Float32Array)].map((value) => Number(value.toFixed(6)))).toEqual(
      Array.from({ length: 16 }, (_, at) => (at % 4 < 2 ? 0.0625 : 0)),
    );
  });

  it('is there for each of the most probable classes, and for the true one', async () => {
    const source = await photos('a.png');
    const list = folder.write('list.jsonl', `{"image": "${source}/a.png", "label": "2"}\n`);
    await batch(list, '--top', '2', '--truth', '--no-images');
    expect(rows().map((row) => [row['class'], row['target'], row['map'], row['overlay']])).toEqual([
      [0, 2, 'maps/4x4-000.npy#0', null],
      [1, 2, 'maps/4x4-000.npy#1', null],
      [2, 2, 'maps/4x4-000.npy#2', null],
    ]);
    const shard = await readNpy(folder.at('out', 'maps', '4x4-000.npy'));
    expect(shard.dims).toEqual([3, 4, 4]);
    expect(existsSync(folder.at('out', 'images'))).toBe(false);
    const bytes = readFileSync(folder.at('out', 'results.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual(rows());
  });
});

describe('sources', () => {
  it('folders with all that is below them, in order; what is hidden, links in circles and other files are left out', async () => {
    const source = await photos('b.png', 'a.png', 'below/c.png', '.hidden.png');
    folder.write('photos/notes.txt', 'no picture');
    symlinkSync(source, folder.at('photos', 'below', 'circle'));
    await batch(source);
    expect(images()).toEqual(['photos/a.png', 'photos/b.png', 'photos/below/c.png']);
    expect(String(rows()[2]?.['overlay'])).toMatch(/^images\/below\/c-[0-9a-f]{8}\.jpg$/);
  });

  it('patterns, images and lists, one after the other; the same image twice is two rows', async () => {
    const source = await photos('a.png', 'b.png', 'below/c.png');
    const list = folder.write('list.jsonl', '{"image": "photos/b.png"}\n{"image": "photos/b.png"}\n');
    await batch([`${source}/**/*.png`, `${source}/a.png`, list]);
    expect(images()).toEqual(['photos/a.png', 'photos/b.png', 'photos/below/c.png', 'photos/a.png', 'photos/b.png', 'photos/b.png']);
    expect(new Set(rows().map(({ overlay }) => overlay)).size).toBe(6);
  });

  it('a list on standard input: paths, or lines of .jsonl', async () => {
    const source = await photos('a.png', 'b.png');
    const input = Buffer.from(`${source}/b.png\r\n\n{"image": "${source}/a.png", "class": 1}\n`);
    const argv = ['batch', '-', '--model', model, '--preprocess', 'unit', '--workers', '0', '--output', folder.at('out')];
    expect((await gradcam(argv, input)).status).toBe(0);
    expect(rows().map(({ image, target }) => [image, target])).toEqual([
      [`${source}/b.png`, null],
      [`${source}/a.png`, 1],
    ]);
  });

  it('are never the results', async () => {
    const source = await photos('a.png');
    const argv = ['batch', folder.path, '--model', model, '--preprocess', 'unit', '--workers', '0', '--output', folder.at('photos', 'out')];
    await gradcam(argv);
    expect((await gradcam(argv)).out).toMatch(/^1 image, 1 row, all of them before/);
    expect(readdirSync(source)).toContain('out');
  });

  it.each<[string, string[], number, RegExp]>([
    ['that are not there', ['none.png'], 1, /an image, a folder, a pattern or a list at 'none.png', but there is nothing/],
    ['patterns that nothing matches', ['none/*.png'], 1, /images that match 'none\/\*\.png', but there are none/],
    ['standard input twice', ['-', '-'], 2, /'-' was given twice/],
    ['--class with --top', ['-', '--class', '1', '--top', '2'], 2, /give one of them/],
    ['an empty list', ['-'], 2, /the list is empty/],
  ])('refused: %s', async (_, argv, status, words) => {
    const outcome = await batch([], ...argv);
    expect(outcome.err.at(-1)).toMatch(words);
    expect(outcome.status).toBe(status);
  });
});

describe('going on', () => {
  it('does what is new alone, in its place; --retry does errors again', async () => {
    const source = await photos('b.png');
    folder.write('photos/c.png', 'no picture');
    await batch(source);
    const [first] = rows();
    await photos('a.png', 'c.png');
    expect((await batch(source)).out).toMatch(/^3 images, 3 rows, .* 1 could not be explained/);
    expect(images()).toEqual(['photos/a.png', 'photos/b.png', 'photos/c.png']);
    expect(rows()[1]).toEqual({ ...first, map: 'maps/4x4-000.npy#1' });
    expect((await batch(source, '--retry')).out).not.toContain('could not');
    expect(rows().every(({ error }) => error === null)).toBe(true);
  });

  it('does not take half a line for a whole one', async () => {
    const source = await photos('a.png', 'b.png');
    await batch(source);
    const whole = rows().map(({ milliseconds: _, ...row }) => row);
    appendFileSync(folder.at('out', '.gradcam', 'ledger.jsonl'), '{"key":"half');
    expect((await batch(source)).out).toContain('all of them before');
    expect(rows().map(({ milliseconds: _, ...row }) => row)).toEqual(whole);
  });

  it('is refused where another question was asked', async () => {
    const source = await photos('a.png');
    await batch(source);
    const { status, err } = await batch(source, '--method', 'layercam');
    expect([status, err.at(-1)]).toEqual([1, expect.stringMatching(/another question: its method is "gradcam", not "layercam"/)]);
  });
});
