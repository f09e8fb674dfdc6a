import { readFileSync } from 'node:fs';
import {
  boxScore,
  type Heatmap,
  maskSum,
  openExplainer,
  type Placement,
  parseLabels,
  parsePreprocess,
  placeHeatmap,
  preprocess,
} from '@gradcam/core';
import { nodeRuntime, readImage } from '@gradcam/node';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hasShared, shared } from './support/shared.js';

const DEEPLAB = 'deeplab_v3_1_default_1.onnx';
const YOLOX = 'yolox_nano.onnx';
const present = [DEEPLAB, YOLOX].every((file) => hasShared(`models/${file}`)) && hasShared('images/boxes.json');
if (!present) it.skip('segmentation and detection: ../shared/images and ../shared/models are not there', () => {});

const json = <T>(path: string): T => JSON.parse(readFileSync(`${shared}${path}`, 'utf8')) as T;
const runtime = await nodeRuntime();
const bytesOf = (file: string) => new Uint8Array(readFileSync(`${shared}models/${file}`));
const specOf = (file: string) =>
  parsePreprocess(
    json<{ file: string; preprocess: unknown }[]>('models/models.json').find((model) => model.file === file)?.preprocess,
    file,
  );

/** A photograph, as the network takes it. */
async function photo(file: string, model: string) {
  const picture = await readImage(`${shared}images/${file}`);
  return { picture, ...preprocess(picture, specOf(model)) };
}

/** Which share of a heatmap's sum lies where `inside` says, in pixels of the picture. */
function share(
  heatmap: Heatmap,
  placement: Placement,
  size: { width: number; height: number },
  inside: (x: number, y: number) => boolean,
): number {
  const { data } = placeHeatmap(heatmap, placement, size).heatmap;
  let [within, all] = [0, 0];
  for (const [at, value] of data.entries()) {
    all += value;
    if (inside(at % size.width, Math.floor(at / size.width))) within += value;
  }
  return within / all;
}

/** The same of a heatmap that is 1 everywhere: what a map that knows nothing would have. */
function areaShare({ width, height }: { width: number; height: number }, inside: (x: number, y: number) => boolean): number {
  let count = 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (inside(x, y)) count++;
  return count / (width * height);
}

/**
 * Least share of a heatmap's energy inside of what is explained, for methods that weigh each position by its own gradient: measured 0.88 to 0.89 for the
 * segments, whose edges the 33 × 33 positions of the layer blur, and 0.96 to 1.00 for the boxes.
 */
const LEAST = { segment: 0.85, box: 0.93 };
const local = ['hirescam', 'layercam'];

const rounded = (value: number) => value.toFixed(3);

// The photo's mask names its thing by one grey level: see shared/README.md.
const things = [
  { file: 'coral_dog_segmentation_256.png', mask: 'coral_dog_segmentation_mask_256.png', level: 0, index: 12, label: 'dog' },
  { file: 'coral_bird_segmentation.png', mask: 'coral_bird_segmentation_mask.png', level: 3, index: 3, label: 'bird' },
];

describe.each(things.filter(() => present))('DeepLab on the $label', ({ file, mask, level, index, label }) => {
  it('looks at it, where it is', async () => {
    const { picture, tensor, placement } = await photo(file, DEEPLAB);
    const { data, info } = await sharp(`${shared}images/${mask}`).raw().toBuffer({ resolveWithObject: true });
    const inside = (x: number, y: number) => {
      const [column, row] = [Math.floor((x * info.width) / picture.width), Math.floor((y * info.height) / picture.height)];
      return data[(row * info.width + column) * info.channels] === level;
    };
    const explainer = await openExplainer(runtime, bytesOf(DEEPLAB), { methods: ['gradcam', 'hirescam', 'layercam'] });
    expect(explainer.layers).toEqual(['Relu__94:0']);
    const { explanations, predictions } = await explainer.explainOne(tensor, [index]);
    const area = areaShare(picture, inside);
    const seen = predictions.find((one) => one.index === index)?.probability ?? 0;
    const shares = explanations.map(({ heatmap, method }) => [method, share(heatmap, placement, picture, inside)] as const);
    console.info(
      `DeepLab, ${label}: ${rounded(area)} of the picture by its mask, ${rounded(seen)} by the network; energy inside: ${shares.map(([name, value]) => `${name} ${rounded(value)}`).join(', ')}`,
    );
    // Grad-CAM spreads a mean gradient over the whole picture: it is held only against a map that knows nothing.
    for (const [name, value] of shares) expect(value, name).toBeGreaterThan(local.includes(name) ? LEAST.segment : area + 0.05);
    // The network finds the thing as large as it is, to 10 % of the picture.
    expect(Math.abs(seen - area)).toBeLessThan(0.1);
    await explainer.close();
  });
});

describe.runIf(present)('YOLOX', () => {
  it('looks into its best box', async () => {
    const labels = parseLabels(readFileSync(`${shared}models/coco_classes.txt`, 'utf8'), 'coco');
    const explainer = await openExplainer(runtime, bytesOf(YOLOX), { methods: ['gradcam', 'hirescam', 'layercam'] });
    for (const file of Object.keys(json<{ boxes: object }>('images/boxes.json').boxes)) {
      const { picture, tensor, placement } = await photo(file, YOLOX);
      const { explanations, boxes = [] } = await explainer.explainOne(tensor);
      const [best] = boxes;
      if (best === undefined) throw new Error(`no box in ${file}`);
      const { left, top, scaleX, scaleY } = placement;
      const inside = (x: number, y: number) =>
        x >= left + best.left * scaleX && x < left + best.right * scaleX && y >= top + best.top * scaleY && y < top + best.bottom * scaleY;
      const shares = explanations.map(({ heatmap, method }) => [method, share(heatmap, placement, picture, inside)] as const);
      console.info(
        `YOLOX, ${file}: ${labels[best.class]} ${rounded(best.score)}, ${rounded(areaShare(picture, inside))} of the picture; energy inside: ${shares.map(([name, value]) => `${name} ${rounded(value)}`).join(', ')}`,
      );
      for (const [name, value] of shares) if (local.includes(name)) expect(value, `${file}, ${name}`).toBeGreaterThan(LEAST.box);
    }
    await explainer.close();
  });

  it('finds the boxes that were drawn by hand', async () => {
    const labels = parseLabels(readFileSync(`${shared}models/coco_classes.txt`, 'utf8'), 'coco');
    const explainer = await openExplainer(runtime, bytesOf(YOLOX));
    const drawn = json<{ boxes: Record<string, { label: string; box: [number, number, number, number] }[]> }>('images/boxes.json').boxes;
    for (const [file, expected] of Object.entries(drawn)) {
      const { tensor, placement } = await photo(file, YOLOX);
      const { boxes = [] } = await explainer.explainOne(tensor);
      for (const { label, box } of expected) {
        const overlaps = boxes
          .filter((found) => labels[found.class] === label)
          .map(({ left, top, right, bottom }) =>
            overlap(box, [
              placement.left + left * placement.scaleX,
              placement.top + top * placement.scaleY,
              placement.left + right * placement.scaleX,
              placement.top + bottom * placement.scaleY,
            ]),
          );
        // boxes.json: accurate to about 3 % on each side.
        expect(Math.max(...overlaps), `${file}: ${label}`).toBeGreaterThan(0.85);
      }
    }
    await explainer.close();
  });

  it('looks at the other dog for the other box', async () => {
    const { picture, tensor, placement } = await photo('coral_pets.jpg', YOLOX);
    const whole = await openExplainer(runtime, bytesOf(YOLOX));
    const { boxes = [] } = await whole.explainOne(tensor);
    await whole.close();
    expect(boxes).toHaveLength(2);
    for (const [which, { index, class: of, score }] of boxes.entries()) {
      const explainer = await openExplainer(runtime, bytesOf(YOLOX), { target: boxScore(index), methods: ['hirescam'] });
      const explanation = (await explainer.explainOne(tensor, [of])).explanations[0];
      expect(explanation?.score).toBeCloseTo(score, 4);
      // One dog is in the left half of the picture, the other in the right one.
      const left = explanation && share(explanation.heatmap, placement, picture, (x) => x < 0.55 * picture.width);
      expect(which === 0 ? left : 1 - (left ?? 1)).toBeGreaterThan(0.97);
      await explainer.close();
    }
  });
});

describe.runIf(present)('DeepLab on a mask', () => {
  it('looks at the half that is asked for', async () => {
    const { picture, tensor, placement } = await photo('coral_dog_segmentation_256.png', DEEPLAB);
    for (const lower of [false, true]) {
      const mask = { width: 1, height: 2, data: Float32Array.of(lower ? 0 : 1, lower ? 1 : 0) };
      const explainer = await openExplainer(runtime, bytesOf(DEEPLAB), { target: maskSum(mask), methods: ['hirescam'] });
      const { heatmap } = (await explainer.explainOne(tensor, [12])).explanations[0] ?? {};
      const inside = heatmap && share(heatmap, placement, picture, (_, y) => lower === y > picture.height / 2);
      // The mask fades from one half to the other over the half of the picture between their centres.
      expect(inside).toBeGreaterThan(0.8);
      await explainer.close();
    }
  });
});

type Corners = readonly [left: number, top: number, right: number, bottom: number];

/** Intersection over union. */
function overlap(one: Corners, other: Corners): number {
  const area = ([left, top, right, bottom]: Corners) => Math.max(0, right - left) * Math.max(0, bottom - top);
  const shared = area([Math.max(one[0], other[0]), Math.max(one[1], other[1]), Math.min(one[2], other[2]), Math.min(one[3], other[3])]);
  return shared / (area(one) + area(other) - shared);
}
