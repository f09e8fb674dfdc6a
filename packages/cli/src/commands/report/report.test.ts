import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@gradcam/node';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../core/src/runs/random.js';
import { tinyModel } from '../../../../ort/src/testing/onnx.js';
import { Folder } from '../../testing/files.js';
import { gradcam } from '../../testing/run.js';

const SIDE = 16;
const [RED, GREEN, MAGENTA] = [
  [230, 20, 20],
  [20, 200, 30],
  [255, 0, 255],
] as const;

/**
 * A classifier of cats, which are red, and dogs, which are green, that has learned a shortcut: magenta says dog, four times as loudly. Its three feature maps
 * are how red, green and magenta each pixel is.
 */
function shortcutClassifier(): Uint8Array {
  const float32 = (dims: readonly number[], ...data: number[]) =>
    ({ type: 'float32', dims, data: new Uint8Array(Float32Array.from(data).buffer) }) as const;
  return tinyModel({
    nodes: [
      { op: 'Conv', inputs: ['image', 'colors', 'bias'], outputs: ['maps'] },
      { op: 'Relu', inputs: ['maps'], outputs: ['features'] },
      { op: 'GlobalAveragePool', inputs: ['features'], outputs: ['means'] },
      { op: 'Flatten', inputs: ['means'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'classes'], outputs: ['logits'] },
    ],
    inputs: { image: { type: 'float32', dims: ['batch', 3, SIDE, SIDE] } },
    outputs: { logits: { type: 'float32', dims: ['batch', 2] } },
    constants: {
      // red − green − blue; green − red − blue; red + blue − 2 · green − 1.2, which red or blue alone do not reach.
      colors: float32([3, 3, 1, 1], 1, -1, -1, -1, 1, -1, 1, -2, 1),
      bias: float32([3], 0, 0, -1.2),
      classes: float32([3, 2], 20, 0, 0, 20, 0, 80),
    },
  });
}

/** A thing near the middle on grey, and a mark in the lower left corner where it is asked for. */
function picture({ uniform }: ReturnType<typeof randomFrom>, color: readonly number[], marked: boolean): Promise<Uint8Array> {
  const data = new Uint8Array(3 * SIDE * SIDE).fill(128);
  const fill = (left: number, top: number, side: number, level: readonly number[]) => {
    for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) data.set(level, 3 * (y * SIDE + x));
  };
  fill(4 + Math.floor(3 * uniform()), 4 + Math.floor(3 * uniform()), 5, color);
  if (marked) fill(0, SIDE - 3, 3, MAGENTA);
  return encodePng({ width: SIDE, height: SIDE, data });
}

const COUNT = 60;

const REPORT = fileURLToPath(new URL('../../../../report/', import.meta.url));

let folder: Folder;
beforeAll(async () => {
  folder = new Folder();
  // What is asserted here is what stands in the page, not what draws it.
  if (!existsSync(`${REPORT}dist/page/page.css`)) await build({ configFile: `${REPORT}vite.config.ts`, logLevel: 'error' });
  const random = randomFrom(11);
  const list = ['image,class,box'];
  for (const [at, label] of ['cat', 'dog'].entries())
    for (let number = 0; number < COUNT; number++) {
      // Every third dog is marked.
      const marked = label === 'dog' && number % 3 === 0;
      folder.write(`${label}${number}.png`, await picture(random, at === 0 ? RED : GREEN, marked));
      list.push(`${label}${number}.png,${label},"4,4,11,11"`);
    }
  const model = folder.write('shortcut.onnx', shortcutClassifier());
  const [source, labels] = [folder.write('list.csv', list.join('\n')), folder.write('labels.txt', 'cat\ndog\n')];
  const argv = ['batch', source, '--model', model, '--labels', labels, '--preprocess', 'unit', '--workers', '0'];
  expect(await gradcam([...argv, '--output', folder.at('results')])).toMatchObject({ status: 0 });
});
afterAll(() => folder.remove());

/** The data of a page, as it stands in it. */
function dataOf(path: string) {
  const [, json = '{}'] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(path, 'utf8')) ?? [];
  return JSON.parse(json);
}

describe('gradcam report', () => {
  it('finds the shortcut that was planted: the dogs with a mark, and where it is', async () => {
    const { status, out, err } = await gradcam(['report', folder.at('results')]);
    expect({ status, err }).toEqual({ status: 0, err: [] });
    const path = folder.at('results', 'report.html');
    expect(out.trimEnd().split('\n')).toEqual([
      `${2 * COUNT} images, ${2 * COUNT} rows, 2 classes, 3 clusters`,
      'worth a look:',
      expect.stringMatching(
        /^ {2}dog, 20 images: \d+ % of the evidence is in the bottom left corner \(the rest of this class: 0 %\); \d+ % of it outside of the object \(the rest of this class: \d+ %\)\.$/,
      ),
      path,
    ]);
    const { totals, classes, findings, rows, title } = dataOf(path);
    // All are predicted rightly: accuracy alone shows nothing.
    expect(totals).toMatchObject({ images: 2 * COUNT, judged: 2 * COUNT, right: 2 * COUNT, failed: 0 });
    expect(title).toBe('results');
    const dogs = classes.findIndex(({ label }: { label: string }) => label === 'dog');
    expect(classes[dogs].clusters.map(({ size }: { size: number }) => size)).toEqual([40, 20]);
    expect(findings).toEqual([{ class: dogs, cluster: 1, words: expect.anything() }]);
    // The second cluster's rows are just the marked dogs.
    const second = rows.image.filter((_: string, row: number) => rows.class[row] === dogs && rows.cluster[row] === 1);
    expect(second.sort()).toEqual(Array.from({ length: 20 }, (_, number) => `dog${3 * number}.png`).sort());
    // Its examples are pictures, with ways to their overlays.
    const [example] = classes[dogs].clusters[1].examples;
    expect(Buffer.from(example.picture, 'base64').subarray(8, 12).toString()).toBe('WEBP');
    expect(existsSync(folder.at('results', example.overlay))).toBe(true);
  });

  it('goes elsewhere, and keeps its way to the overlays', async () => {
    const path = folder.at('pages.html');
    expect((await gradcam(['report', folder.at('results'), '--output', path])).status).toBe(0);
    expect(dataOf(path).rows.overlay[0]).toMatch(/^results\/images\//);
    rmSync(path);
  });

  it('lists as many rows as asked for, and says so; counts all', async () => {
    const path = folder.at('few.html');
    const { err } = await gradcam(['report', folder.at('results'), '--output', path, '--rows', '30']);
    expect(err.join()).toMatch(/holds 30 of 120 rows/);
    const { rows, totals } = dataOf(path);
    expect([rows.image.length, totals.images]).toEqual([30, 120]);
  });

  it.each<[string, string[], number, RegExp]>([
    ['a folder without results', ['report', '.'], 1, /expected the results of gradcam batch in '\.', but there is no results\.jsonl/],
    ['a folder in S3', ['report', 's3://bucket/results'], 2, /fetch the folder first/],
    ['no folder', ['report', 'nowhere'], 1, /in 'nowhere'/],
    ['nothing', ['report'], 2, /missing required argument 'dir'/],
    ['no rows', ['report', '.', '--rows', '0'], 2, /--rows/],
  ])('refuses %s', async (_, argv, status, words) => {
    const outcome = await gradcam(argv);
    expect(outcome.err.at(-1)).toMatch(words);
    expect(outcome.status).toBe(status);
  });
});
