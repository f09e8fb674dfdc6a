import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { encodePng, readImage } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { example, useColors } from '../../testing/files.js';
import { gradcam } from '../../testing/run.js';

const { folder, model, photo } = useColors();

/** Plain pixels in 0..1, so that the classifier's logits are mean red, mean green, −mean red. */
const evaluate = (...argv: string[]) => gradcam(['evaluate', '--model', model, '--preprocess', 'unit', ...argv]);
const text = (...path: string[]) => readFileSync(folder.at(...path), 'utf8');

/** Softmax of (red, green, −red). */
const probability = (red: number, green: number) => Math.exp(red) / (Math.exp(red) + Math.exp(green) + Math.exp(-red));

describe('what it measures', () => {
  it('is what the closed form says, for boxes and masks alike', async () => {
    // The left half is red: Grad-CAM of class 0 is 1 there and 0 at the right.
    const half = Uint8Array.from({ length: 48 }, (_, at) => (Math.floor(at / 3) % 4 < 2 ? 7 : 0));
    folder.write('mask.png', await encodePng({ width: 4, height: 4, data: half }));
    const manifest = folder.write(
      'list.csv',
      'image,class,box,mask,mask_value\nphoto.png,0,"0,0,2,4",,\nphoto.png,0,"0,0,2,2; 0,2,2,4",,\nphoto.png,0,,mask.png,\nphoto.png,0,,mask.png,7\nphoto.png,0,,mask.png,0\n',
    );
    const { status, out } = await evaluate(
      '--manifest',
      manifest,
      '--metric',
      'energy',
      '--metric',
      'drop',
      '--output',
      folder.at('r.json'),
    );
    expect(status).toBe(0);
    expect(out).toMatch(/^METHOD +energy-pointing-game ↑ +average-drop ↓\ngradcam +0\.800 \[0\.400, 1\.000\] +0\.0/);
    const { images, summary } = JSON.parse(text('r.json'));
    const values = images.map(
      ({ methods }: { methods: { metrics: Record<string, number> }[] }) => methods[0]?.metrics['energy-pointing-game'],
    );
    expect(values).toEqual([1, 1, 1, 1, 0]);
    // x ⊙ h leaves the red half as it is and the green half black.
    const [y, left] = [probability(0.5, 0.5), probability(0.5, 0)];
    expect(left).toBeGreaterThan(y);
    expect(images[0].methods[0].metrics['average-drop']).toBe(0);
    expect(images[0].class.probability).toBeCloseTo(y, 6);
    expect(summary[0]).toMatchObject({ method: 'gradcam', metric: 'energy-pointing-game', better: 'higher', images: 5 });
    expect(summary[0].mean).toBeCloseTo(0.8, 9);
  });

  it('reads jsonl, and paths of another root', async () => {
    const manifest = folder.write(
      'list.jsonl',
      '{"image": "photo.png", "class": 0, "box": [0, 0, 1, 4]}\n\n{"image": "photo.png", "class": 0, "box": [[0, 0, 1, 4], [1, 0, 2, 4]]}\n',
    );
    const { out } = await evaluate('--manifest', manifest, '--root', folder.path, '--metric', 'iou', '--output', folder.at('r.csv'));
    expect(out).toMatch(/gradcam +0\.750 \[0\.500, 1\.000\]/);
    expect(text('r.csv').trimEnd().split('\n')).toEqual([
      'image,class,label,probability,method,metric,value,reason',
      expect.stringMatching(/photo\.png,0,class 0,0\.42\d*,gradcam,mask-iou,0\.5,$/),
      expect.stringMatching(/photo\.png,0,class 0,0\.42\d*,gradcam,mask-iou,1,$/),
    ]);
  });

  it('finds boxes and masks by the name of the image', async () => {
    const half = Uint8Array.from({ length: 48 }, (_, at) => (Math.floor(at / 3) % 4 < 2 ? 255 : 0));
    mkdirSync(folder.at('masks'));
    folder.write('masks/photo.png', await encodePng({ width: 4, height: 4, data: half }));
    const argv = [photo, '-c', '0', '--metric', 'mask-iou'];
    expect((await evaluate(...argv, '--masks', folder.at('masks'))).out).toMatch(/gradcam +1\.000\n/);
    for (const content of [
      '{"photo.png": [[0, 0, 1, 4]]}',
      '{"note": "", "boxes": {"photo.png": [{"label": "red", "box": [0, 0, 1, 4]}]}}',
    ])
      expect((await evaluate(...argv, '--boxes', folder.write('boxes.json', content))).out).toMatch(/gradcam +0\.500\n/);
    expect((await evaluate(...argv, '--boxes', folder.write('boxes.json', '{"photo.png": [[0, 0, 1]]}'))).err.at(-1)).toMatch(
      /'.*boxes\.json': photo\.png: expected a box as x0,y0,x1,y1/,
    );
    expect((await evaluate(...argv, '--boxes', folder.write('boxes.json', '[]'))).err.at(-1)).toMatch(/expected an object such as/);
    expect((await evaluate(...argv, '--masks', folder.at('none'))).err.at(-1)).toMatch(/a folder of masks at .* cannot be read/);
  });

  it('takes the middle of grey from the preprocessing', async () => {
    const argv = [photo, '-c', '0', '--metric', 'deletion', '--curve-steps', '2', '--output', folder.at('r.json')];
    await evaluate(...argv);
    const { summary } = JSON.parse(text('r.json'));
    expect(summary[0].curve.shares).toEqual([0, 0.5, 1]);
    const grey = 0.5;
    const expected = [probability(0.5, 0.5), probability(grey / 2, 0.5 + grey / 2), probability(grey, grey)];
    for (const [at, value] of expected.entries()) expect(summary[0].curve.scores[at]).toBeCloseTo(value, 5);
  });
});

describe('the bundled model', () => {
  it('a folder of images, several methods: table, files and curves', async () => {
    const { status, out, err } = await gradcam([
      'evaluate',
      example(''),
      '--method',
      'gradcam',
      '--method',
      'random',
      '--curve-steps',
      '10',
      '-o',
      folder.at('out'),
    ]);
    expect(status).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^METHOD +average-drop ↓ +increase ↑ +deletion ↓ +insertion ↑$/);
    expect(lines[1]).toMatch(/^gradcam( +-?\d\.\d+ \[-?\d\.\d+, -?\d\.\d+\]){4}$/);
    expect(lines[2]).toMatch(/^random /);
    expect(lines[3]).toBe('3 images; mean [95 % bootstrap interval]; ↑ higher is better, ↓ lower is better');
    expect(err.every((line) => line.startsWith('gradcam: '))).toBe(true);
    expect(readdirSync(folder.at('out')).sort()).toEqual([
      'curves.png',
      'curves.svg',
      'evaluation.json',
      'results.csv',
      'summary.csv',
      'summary.md',
    ]);
    const [head, rule, row] = text('out', 'summary.md').split('\n');
    expect([head, rule]).toEqual([
      '| method | average-drop ↓ | increase ↑ | deletion ↓ | insertion ↑ |',
      '| --- | --- | --- | --- | --- |',
    ]);
    expect(
      row
        ?.replace(/[|`]/g, '')
        .trim()
        .split(/\s{2,}/),
    ).toEqual(lines[1]?.split(/\s{2,}/));
    expect(text('out', 'results.csv').trimEnd().split('\n')).toHaveLength(1 + 3 * 2 * 4);
    expect(text('out', 'summary.csv').split('\n')[0]).toBe('method,metric,better,mean,low,high,images');
    const figure = await readImage(folder.at('out', 'curves.png'));
    const svg = text('out', 'curves.svg');
    expect(svg).toContain(`width="${figure.width}" height="${figure.height}"`);
    // Outlines only: the same on every machine.
    expect(svg).not.toMatch(/<text|font|href/);
    // The airplane and the ship are where Grad-CAM says: it beats the control at deletion.
    const { summary } = JSON.parse(text('out', 'evaluation.json'));
    const mean = (method: string) =>
      summary.find((cell: { method: string; metric: string }) => cell.method === method && cell.metric === 'average-drop').mean;
    expect(mean('gradcam')).toBeLessThan(mean('random'));
  });

  it('is the same again, whatever the batch', async () => {
    const argv = ['evaluate', example('ship.svg'), '--metric', 'all', '--method', 'gradcam', '--curve-steps', '5'];
    const [one, other] = [await gradcam([...argv, '--batch', '3']), await gradcam([...argv, '--batch', '64'])];
    expect(one.out).toBe(other.out);
    expect(one.err.join('\n')).toContain(
      'gradcam: pointing-game of gradcam, energy-pointing-game of gradcam, mask-iou of gradcam could not be measured on 1 of 1 images: neither a box nor a mask is given for this image',
    );
  });

  it('--sanity: random weights, other maps, and a verdict', async () => {
    const argv = ['evaluate', example(''), '--sanity', '--method', 'saliency', '--depths', '3'];
    const { status, out } = await gradcam([...argv, '--output', folder.at('s.csv')]);
    expect(status).toBe(0);
    expect(out).toMatch(/^RANDOM LAYERS +DOWN TO +saliency\n5 +Conv /);
    expect(out).toMatch(/\n16 +Conv /);
    expect(out).toMatch(/Saliency passes: with all weights random, the rank correlation is -?0\.[0-2]\d/);
    expect(text('s.csv').split('\n')).toHaveLength(5);
    expect((await gradcam(argv)).out).toBe(out.replace(`${folder.at('s.csv')}\n`, ''));
  });
});

describe('what is wrong is said in a line', () => {
  it('bad images are reported and left out: exit 1', async () => {
    const bad = folder.write('bad.png', 'no picture');
    const { status, out, err } = await evaluate(bad, photo, '-c', '0', '--metric', 'complexity', '-o', folder.at('r.json'));
    expect(status).toBe(1);
    expect(out).toMatch(/gradcam +0\.500\n1 image; mean;/);
    expect(err.filter((line) => line.includes('bad.png'))).toHaveLength(1);
    expect(JSON.parse(text('r.json')).errors).toEqual([{ image: bad, code: 'invalid-image', message: expect.any(String) }]);
    const none = await evaluate(bad, '-o', folder.at('none'));
    expect([none.status, none.out]).toEqual([1, '']);
    expect(readdirSync(folder.path)).not.toContain('none');
  });

  it('a box outside, an empty mask, a mask of another picture', async () => {
    const [black, wide] = [
      { width: 4, height: 4 },
      { width: 8, height: 4 },
    ].map(({ width, height }) => ({ width, height, data: new Uint8Array(3 * width * height) }));
    folder.write('black.png', await encodePng(black ?? { width: 1, height: 1, data: new Uint8Array(3) }));
    folder.write('wide.png', await encodePng({ width: 8, height: 4, data: wide?.data.fill(1) ?? new Uint8Array() }));
    const manifest = folder.write(
      'list.csv',
      'image,box,mask\nphoto.png,"9,9,12,12",\nphoto.png,,black.png\nphoto.png,,wide.png\nphoto.png,"3,3,1,1",\n',
    );
    const { status, err } = await evaluate('--manifest', manifest);
    expect(status).toBe(1);
    const notes = err.filter((line) => line.includes('photo.png'));
    expect(notes[0]).toMatch(/the box \(9, 9, 12, 12\) lies outside of the picture, which is 4 × 4/);
    expect(notes[1]).toMatch(/the mask is empty/);
    expect(notes[2]).toMatch(/proportions of the picture, 4 × 4, but it is 8 × 4/);
    expect(notes[3]).toMatch(/x0 < x1/);
  });

  it('nothing that speaks for the class', async () => {
    const { status, out, err } = await evaluate(photo, '-c', '2', '--metric', 'deletion');
    expect(status).toBe(0);
    expect(out).toMatch(/gradcam +-\n/);
    expect(err.at(-1)).toBe(
      'gradcam: deletion of gradcam could not be measured on 1 of 1 images: nothing speaks for the class: the map is all zero',
    );
  });

  it.each<[string, string, RegExp]>([
    ['list.txt', 'photo.png', /ending in \.csv or \.jsonl/],
    ['list.csv', 'image,class\n', /lists no image/],
    ['list.csv', 'picture,class\nphoto.png,0\n', /line 2 of '.*list\.csv': expected a column 'image'/],
    ['list.csv', 'image,boxx\nphoto.png,1\n', /there is a column 'boxx'; did you mean 'box'\?/],
    ['list.csv', 'image,box\nphoto.png,"1,2,3"\n', /line 2 .*expected a box as x0,y0,x1,y1 .*"1,2,3"/],
    ['list.csv', 'image,mask,mask_value\nphoto.png,m.png,300\n', /mask_value as a whole number from 0 to 255, but got '300'/],
    ['list.csv', 'image\n"photo.png\n', /cannot be read as csv/],
    ['list.jsonl', '{"image": "photo.png"}\nphoto.png\n', /line 2 of '.*': it is no JSON/],
    ['list.jsonl', '["photo.png"]\n', /line 1 .*expected an object/],
    ['list.jsonl', '{"image": "photo.png", "box": ["a", 1, 2, 3]}\n', /expected a box/],
  ])('%s: %j', async (name, content, words) => {
    const { status, err } = await evaluate('--manifest', folder.write(name, content));
    expect(status).toBe(1);
    expect(err.at(-1)).toMatch(words);
  });

  it('wrong usage, before the model is loaded', async () => {
    const wrong = async (...argv: string[]) => {
      const { status, err } = await evaluate(...argv);
      return [status, err.join('\n')];
    };
    expect(await wrong()).toEqual([2, 'gradcam: expected images, a folder of images, or --manifest FILE']);
    expect(await wrong(photo, '--root', folder.path)).toEqual([2, expect.stringMatching(/--root .* there is no --manifest/)]);
    expect(await wrong(photo, '--metric', 'deletoin')).toEqual([2, expect.stringMatching(/did you mean 'deletion'\?/)]);
    expect(await wrong(photo, '--metric', 'randomization')).toEqual([2, expect.stringMatching(/asked by --sanity/)]);
    expect(await wrong(photo, '--depths', '2')).toEqual([2, 'gradcam: --depths belongs to --sanity']);
    expect(await wrong(photo, '--sanity', '--metric', 'drop')).toEqual([2, expect.stringMatching(/two questions/)]);
    expect(await wrong(photo, '-o', folder.at('r.txt'))).toEqual([
      1,
      expect.stringMatching(/a file ending in \.csv, \.md, \.json, \.svg, \.png/),
    ]);
    expect(await wrong(photo, '--sanity', '-o', folder.at('r.png'))).toEqual([1, expect.stringMatching(/ending in \.csv or \.json/)]);
    expect(await wrong(folder.path, '--manifest', folder.at('no.csv'))).toEqual([1, expect.stringMatching(/there is no such file/)]);
  });
});
