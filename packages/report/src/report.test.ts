import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '@gradcam/core';
import { encodePng } from '@gradcam/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rowOf, spot, writeManyResults, writeResults } from '../../../tests/support/report.js';
import type { PageData } from './data.js';
import { isInside } from './read/folder.js';
import { writeReport } from './report.js';
import { chooseRows } from './sum/choice.js';
import { countImages } from './sum/images.js';
import { apartFrom } from './sum/words.js';
import { addressOf, commonFolder } from './write/encode.js';

const page = { script: '', style: '' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradcam-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function dataOf(): Promise<PageData> {
  await writeReport(folder, { page });
  const html = readFileSync(join(folder, 'report.html'), 'utf8');
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '');
}

describe('what is counted', () => {
  it('images once, whatever number of classes they have; the same image given twice is two', () => {
    const row = (image: string, index: number | null, target: number | null, predicted: number | null = 0, error: string | null = null) =>
      rowOf({ image, class: index, target, predicted, error });
    const rows = [
      ...[row('a', 0, 0), row('a', 1, 0), row('b', 0, 1), row('b', 1, 1)],
      ...[row('c', 0, null), row('c', 0, null), row('d', null, 1, null, 'damaged')],
    ];
    expect(countImages(rows)).toEqual({
      ...{ images: 5, failed: 1, judged: 2, right: 1, outside: null, entropy: 0.75 },
      confusion: [
        [0, 0, 1],
        [1, 0, 1],
      ],
    });
  });

  it('the rows of a page: errors, then sure mistakes, then what is outside, then all the rest evenly', () => {
    const rows = Array.from({ length: 1000 }, (_, at) =>
      rowOf({
        image: String(at),
        ...(at % 100 === 7 && { error: 'damaged', predicted: null }),
        ...{ target: at % 50 === 1 ? 1 : 0, predictedProbability: at / 1000, energyInside: at % 10 === 5 ? at / 2000 : 0.9 },
      }),
    );
    const chosen = chooseRows(rows, 100);
    expect(chosen.length).toBe(100);
    expect(chosen).toEqual([...chosen].sort((one, other) => one - other));
    // All 10 errors and 20 mistakes; of what lies outside, the 45 furthest that fill three quarters.
    const has = (row: number) => chosen.includes(row);
    expect(Array.from({ length: 10 }, (_, at) => 100 * at + 7).every(has)).toBe(true);
    expect(Array.from({ length: 20 }, (_, at) => 50 * at + 1).every(has)).toBe(true);
    expect(Array.from({ length: 45 }, (_, at) => 10 * at + 5).every(has)).toBe(true);
    expect(chooseRows(rows.slice(0, 100), 100)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    // Every row is an error: still no more than there is room for.
    expect(
      chooseRows(
        rows.map((row) => ({ ...row, error: 'damaged' })),
        10,
      ).length,
    ).toBe(10);
  });

  it('puts in words where heatmaps lie', () => {
    const map = (at: (x: number, y: number) => number) => ({
      ...{ width: 8, height: 8 },
      data: Float32Array.from({ length: 64 }, (_, index) => at(index % 8, Math.floor(index / 8))),
    });
    const words = (
      one: ReturnType<typeof map>,
      rest?: ReturnType<typeof map>,
      outside: readonly [number, number] | [null, null] = [null, null],
    ) => apartFrom({ mean: one, outside: outside[0] }, rest && { mean: rest, outside: outside[1] }, 'the others');
    const [corner, centre, edge, left] = [
      map((x, y) => (x > 5 && y < 2 ? 1 : 0)),
      map((x, y) => (x > 2 && x < 5 && y > 2 && y < 5 ? 1 : 0)),
      map((x, y) => (x === 0 || y === 0 || x === 7 || y === 7 ? 1 : 0)),
      map((x, y) => (x < 3 && y > 1 && y < 6 ? 1 : 0)),
    ];
    expect(words(corner, centre)).toEqual({ words: '100 % of the evidence is in the top right corner (the others: 0 %).', strength: 1 });
    expect(words(edge, centre).words).toBe('100 % of the evidence is at the border (the others: 0 %).');
    expect(words(centre, corner)).toEqual({ words: '100 % of the evidence is in the centre (the others: 0 %).', strength: 0 });
    expect(
      words(
        left,
        map(() => 1),
      ).words,
    ).toBe('It lies further to the left than the others.');
    expect(words(map(() => 1)).words).toBe('The evidence is spread: 25 % in the centre, 44 % at the border.');
    const outside = words(centre, centre, [0.8, 0.3]);
    expect(outside.words).toMatch(/; 80 % of it outside of the object \(the others: 30 %\)\.$/);
    expect(outside.strength).toBeCloseTo(0.5, 12);
  });
});

describe('a folder from anywhere', () => {
  it('says nothing with its texts but what they are', async () => {
    const evil = '</script><img src=x onerror=alert(1)><!--<script>\u2028';
    writeResults(folder, [rowOf({ image: evil, label: evil, predictedLabel: evil, error: evil })]);
    await writeReport(folder, { page });
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(html).not.toContain('<img');
    expect(html.match(/<\/script>/g)?.length).toBe(2);
    expect(html).toContain("default-src 'none'");
    const data = await dataOf();
    // Its folder, up to the last /, is said of all images.
    expect(data.rows.image).toEqual(['script><img src=x onerror=alert(1)><!--<script>\u2028']);
    expect(data.rows.error).toEqual([evil]);
    expect(data.classes[0]?.label).toBe(evil);
  });

  it('leads nowhere else: neither by .., nor by links, nor by addresses', async () => {
    const secret = mkdtempSync(join(tmpdir(), 'gradcam-secret-'));
    const map = [spot(randomFrom(1), 3, 3)];
    writeResults(secret, [], map);
    writeFileSync(join(secret, 'picture.png'), await encodePng({ width: 2, height: 2, data: new Uint8Array(12) }));
    const way = `../${secret.split('/').at(-1)}/maps/7x7-000.npy#0`;
    symlinkSync(secret, join(folder, 'link'));
    writeResults(folder, [
      rowOf({ image: 'a', map: way, overlay: 'javascript:alert(1)' }),
      rowOf({ image: 'b', map: 'link/maps/7x7-000.npy#0', overlay: 'link/picture.png' }),
      rowOf({ image: 'c', map: join(secret, 'maps', '7x7-000.npy'), overlay: '//host/picture.png' }),
    ]);
    const { rows, notes, classes } = await dataOf();
    rmSync(secret, { recursive: true });
    expect(rows.size).toEqual([-1, -1, -1]);
    expect(notes[0]).toMatch(/^3 maps could not be read: /);
    expect(classes[0]?.clusters).toEqual([]);
    // An address that stays below the page.
    expect(rows.overlay).toEqual(['javascript%3Aalert(1)', 'link/picture.png', null]);
    for (const name of ['', '/etc/passwd', '../x', 'a/../../x', 'C:\\x', 'c:x', 'a\0b', '\\\\host\\x']) expect(isInside(name)).toBe(false);
    expect(isInside('images/below/a..b-1234.jpg')).toBe(true);
  });

  it('may be damaged: what can be read is shown, the rest is said', async () => {
    const random = randomFrom(2);
    const maps = Array.from({ length: 30 }, () => spot(random, 3, 3));
    writeResults(
      folder,
      Array.from({ length: 32 }, (_, at) =>
        rowOf({ image: `${at}.jpg`, map: `maps/7x7-000.npy#${at}`, overlay: at < 2 ? `images/${at}.jpg` : null }),
      ),
      maps,
    );
    mkdirSync(join(folder, 'images'));
    writeFileSync(join(folder, 'images', '0.jpg'), 'no picture');
    writeFileSync(join(folder, 'batch.json'), '{');
    const path = join(folder, 'results.jsonl');
    const lines = readFileSync(path, 'utf8');
    const damaged = [
      '{"image": 3}',
      '[]',
      'null',
      '{"image":"x","class":-1}',
      '{"image":"x","entropy":7}',
      `{"image":"${'x'.repeat(70_000)}"}`,
      '{"image":"half',
    ];
    writeFileSync(path, `\n${damaged.join('\n')}\n${lines}`);
    const { rows, notes, classes, facts } = await dataOf();
    expect(rows.image.length).toBe(32);
    expect(notes).toEqual([
      '7 lines of results.jsonl could not be read as a row (the first is line 2) and are left out.',
      expect.stringMatching(/^2 maps could not be read: 'maps\/7x7-000\.npy' does not hold what the table says$/),
    ]);
    expect(rows.size.filter((size) => size === 0).length).toBe(30);
    // The examples have no pictures, and are heatmaps.
    expect(classes[0]?.clusters[0]?.examples.length).toBe(6);
    expect(facts).toEqual([
      ['Method', 'gradcam'],
      ['Layer', 'features'],
    ]);
  });

  it('may have no maps, no truths and no overlays', async () => {
    writeResults(folder, [rowOf({ image: 'a.jpg' }), rowOf({ image: 'b.jpg', energyInside: 0.25 })]);
    const { totals, notes, classes, confusion } = await dataOf();
    expect(totals).toEqual({ images: 2, rows: 2, failed: 0, judged: 0, right: 0, outside: 0.75, entropy: 0.75 });
    expect(notes).toEqual([expect.stringMatching(/no maps to read, so there are no mean heatmaps and no clusters/)]);
    expect([classes.length, classes[0]?.mean, confusion]).toEqual([1, undefined, []]);
  });

  it.each<[string, string, RegExp]>([
    ['empty', '', /but it is empty/],
    ['no table', 'hello\nthere', /none of its lines is one \(line 1\)/],
  ])('is refused where its table is %s', async (_, content, words) => {
    writeFileSync(join(folder, 'results.jsonl'), content);
    await expect(writeReport(folder, { page })).rejects.toMatchObject({ code: 'invalid-manifest', message: expect.stringMatching(words) });
  });

  it('stops when it is told to, and leaves nothing', async () => {
    writeManyResults(folder, 300);
    const stop = new AbortController();
    const made = writeReport(folder, { page, signal: stop.signal, progress: ({ stage }) => stage === 'clusters' && stop.abort() });
    await expect(made).rejects.toMatchObject({ code: 'aborted' });
    expect(() => readFileSync(join(folder, 'report.html'))).toThrow(/ENOENT/);
  });
});

it('is the same page again, byte by byte', async () => {
  writeManyResults(folder, 400);
  const [one, other] = [join(folder, 'one.html'), join(folder, 'other.html')];
  for (const output of [one, other]) await writeReport(folder, { page, output });
  expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
});

it('writes addresses and paths', () => {
  expect(addressOf('', 'images/a #1?.jpg')).toBe('images/a%20%231%3F.jpg');
  expect(addressOf('../results', 'images/ä.jpg')).toBe('../results/images/%C3%A4.jpg');
  expect(commonFolder(['data/val/a.jpg', 'data/val/b/c.jpg', 'data/vale.jpg'])).toBe('data/');
  expect(commonFolder(['a.jpg', 'b/a.jpg'])).toBe('');
  expect(commonFolder([])).toBe('');
});
