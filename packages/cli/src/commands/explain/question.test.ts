import { readFileSync } from 'node:fs';
import { readNpy } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { detector } from '../../../../core/src/testing/outputs.js';
import { run } from '../../run.js';
import { example, useFolder } from '../../testing/files.js';
import { colorClassifier, colorSegmenter } from '../../testing/models.js';
import { gradcam, jsonLines } from '../../testing/run.js';

const folder = useFolder((folder) => folder.redAndGreen('photo.png'));
const photo = folder.at('photo.png');

/** Explains the photo, half red and half green, in plain pixels of 0..1. */
async function explain(model: Uint8Array, ...argv: string[]) {
  const path = folder.write('model.onnx', model);
  const outcome = await gradcam(['explain', photo, '-m', path, '--preprocess', 'unit', '-o', folder.at('x.png'), ...argv]);
  return { ...outcome, line: argv.includes('--json') && outcome.out !== '' ? (jsonLines(outcome.out)[0] ?? {}) : {} };
}

/** The numbers of an array that was saved. */
const saved = async (name: string) => Array.from((await readNpy(folder.at(name))).data, Number);

describe('of a classifier', () => {
  // Logits: mean red 0.5, mean green 0.5, −0.5.
  it('--against explains the difference of two scores', async () => {
    const { status, line } = await explain(colorClassifier(), '-c', '0', '--against', '2', '--json', '--save-map', folder.at('map.npy'));
    expect(status).toBe(0);
    expect(line).toMatchObject({ score: 1, target: 'against 2', against: { index: 2, label: 'class 2' }, class: { index: 0 } });
    // Each of 16 positions has a share of 2 / 16 of its red.
    expect(await saved('map.npy')).toEqual(Array.from({ length: 16 }, (_, at) => (at % 4 < 2 ? 2 / 16 : 0)));
    const words = await explain(colorClassifier(), '-c', '0', '--against', '2');
    expect(words.out).toMatch(/Grad-CAM for class 0 \(.* %\) rather than class 2: /);
  });

  it('--against one of the classes themselves is refused; against the winner it is said why nothing speaks', async () => {
    expect((await explain(colorClassifier(), '-c', '1', '--against', '1')).err.at(-1)).toBe(
      'gradcam: class 1 cannot be held against itself; give another --against',
    );
    expect((await explain(colorClassifier(), '--against', '0')).err.at(-1)).toMatch(/class 0 is the class that it is held against/);
  });

  it('--counterfactual shows what speaks against: the negated map', async () => {
    const { line } = await explain(colorClassifier(), '-c', '2', '--counterfactual', '--json', '--save-map', folder.at('map.npy'));
    expect(line).toMatchObject({ counterfactual: true, score: -0.5 });
    expect(await saved('map.npy')).toEqual(Array.from({ length: 16 }, (_, at) => (at % 4 < 2 ? 1 / 16 : 0)));
    const words = await explain(colorClassifier(), '-c', '1', '--counterfactual');
    expect(words.out).toMatch(/Grad-CAM against class 1/);
    expect(words.err.at(-1)).toMatch(/no position of 'features' speaks against class 1: the heatmap is all zero/);
  });

  it('--target names the score', async () => {
    const { line } = await explain(colorClassifier(), '-c', '0', '--target', 'probability', '--json');
    expect(line['score']).toBeCloseTo(Math.exp(0.5) / (2 * Math.exp(0.5) + Math.exp(-0.5)), 6);
    expect((await explain(colorClassifier(), '-c', '0', '--target', 'probability')).out).toMatch(/Grad-CAM for probability of class 0/);
    expect((await explain(colorClassifier(), '--target', 'mask')).err.at(-1)).toMatch(/what fits is: logit, probability, log-probability$/);
  });

  it('--reference explains the similarity of the scores, taken as features, to others', async () => {
    folder.npy('one.npy', { type: 'float32', dims: [3], data: Float32Array.of(1, 0, 0) });
    const { line, err } = await explain(colorClassifier(), '--reference', folder.at('one.npy'), '--json');
    // (0.5, 0.5, −0.5) · (1, 0, 0) / |(0.5, 0.5, −0.5)|
    expect(line['score']).toBeCloseTo(1 / Math.sqrt(3), 6);
    expect(line).toMatchObject({ target: 'similarity', class: { index: 0, label: 'the reference' } });
    expect(err.join()).not.toMatch(/softmax|labels/);
  });

  it('only one of them says what the score is: wrong usage', async () => {
    const { status, err } = await explain(colorClassifier(), '--against', '1', '--target', 'logit');
    expect(status).toBe(2);
    expect(err[0]).toMatch(/'--against <class>' cannot be used with option '--target <name>'/);
  });

  it('the bundled model tells an airplane from a truck', async () => {
    const argv = ['explain', example('airplane-and-truck.svg'), '-c', 'airplane', '--against', 'truck', '-o', folder.at('x.png')];
    expect((await gradcam(argv)).out).toMatch(/Grad-CAM for airplane \(class 0, .* %\) rather than truck: /);
  });
});

describe('of a segmentation', () => {
  // Class 0 scores red, class 1 green, class 2 a tenth: the left half is class 0, the right half class 1.
  it('lists shares of pixels, and explains the pixels of the class', async () => {
    const { out } = await explain(colorSegmenter(), '-c', '1');
    expect(out).toMatch(/photo\.png: class 0 50\.0 %, class 1 50\.0 %\n {2}Grad-CAM for class 1 \(50\.0 %\)/);
    const { line } = await explain(colorSegmenter(), '-c', '1', '--json');
    expect(line).toMatchObject({ target: 'mask', score: 8, layer: 'features', class: { probability: 0.5 } });
  });

  it('explains the pixels of a mask: a picture, or an array over the input', async () => {
    // Red is white enough; the mask is the photo's left half, 8 pixels of red 1.
    const picture = await folder.redAndBlack('mask.png');
    expect((await explain(colorSegmenter(), '-c', '0', '--mask', picture, '--json')).line['score']).toBe(8);
    expect((await explain(colorSegmenter(), '-c', '1', '--mask', picture, '--json')).line['score']).toBe(0);
    const data = Float32Array.from({ length: 16 }, (_, at) => (at === 0 ? 0.5 : 0));
    folder.npy('mask.npy', { type: 'float32', dims: [4, 4], data });
    const half = await explain(colorSegmenter(), '-c', '0', '--mask', folder.at('mask.npy'), '--json');
    expect(half.line['score']).toBe(0.5);
  });

  it('says where a class has no pixel, and what a mask should be', async () => {
    expect((await explain(colorSegmenter(), '-c', '2')).err.at(-1)).toMatch(
      /no pixel is class 2; --mask FILE says which pixels to explain: the heatmap is all zero/,
    );
    folder.npy('flat.npy', { type: 'float32', dims: [16], data: new Float32Array(16) });
    expect((await explain(colorSegmenter(), '--mask', folder.at('flat.npy'))).err.at(-1)).toMatch(/to hold a mask shaped \[h, w\]/);
  });
});

describe('of a detector', () => {
  it('explains a box by its index, a label, or the best', async () => {
    const labels = folder.write('labels.txt', 'cat\ndog\ncow\n');
    const ask = (...argv: string[]) => explain(detector('YOLOX'), '--labels', labels, '--json', ...argv);
    const best = await ask();
    expect(best.line).toMatchObject({ target: 'box', layer: 'stem0+stem1+stem2' });
    const boxes = best.line['boxes'] as { index: number; class: { index: number }; score: number; box: number[] }[];
    expect(boxes[0]?.score).toBeCloseTo(Number(best.line['score']), 6);
    expect(boxes[0]?.box).toHaveLength(4);
    expect((await ask('--box', 'best')).line['score']).toBe(best.line['score']);
    expect((await ask('--box', 'dog')).line['class']).toMatchObject({ index: 1, label: 'dog' });
    const named = await ask('--box', String(boxes[0]?.index));
    expect(named.line['score']).toBeCloseTo(boxes[0]?.score ?? Number.NaN, 6);
    expect((await ask('--box', '84')).err.at(-1)).toMatch(/expected a box from 0 to 83/);
    expect((await ask('--box', 'dox')).err.at(-1)).toMatch(/dog/);
  });
});

describe('methods of many runs', () => {
  it('stop when they are told to, and leave nothing', async () => {
    const io = {
      out: () => undefined,
      terminal: undefined,
      input: async () => new Uint8Array(0),
      lines: async function* () {},
      debug: false,
    };
    const err: string[] = [];
    const model = folder.write('model.onnx', colorClassifier());
    const argv = ['explain', photo, '-m', model, '--method', 'occlusion', '-o', folder.at('none.png')];
    const status = await run(argv, { ...io, note: (line) => void err.push(line), signal: AbortSignal.abort() });
    expect(status).toBe(1);
    expect(err.at(-1)).toMatch(/was stopped before it was done/);
    expect(() => readFileSync(folder.at('none.png'))).toThrow();
  });

  it('do not depend on the size of a run', async () => {
    const maps: number[][] = [];
    for (const batch of ['1', '3']) {
      await explain(
        colorClassifier(),
        '--method',
        'occlusion',
        '--window',
        '2',
        '--stride',
        '1',
        '--batch',
        batch,
        '--save-map',
        folder.at(`${batch}.npy`),
      );
      maps.push(await saved(`${batch}.npy`));
    }
    expect(maps[0]?.some((value) => value !== 0)).toBe(true);
    expect(maps[0]).toEqual(maps[1]);
  });
});
