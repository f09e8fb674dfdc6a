import { readFileSync } from 'node:fs';
import {
  builtinLabels,
  type Heatmap,
  openExplainer,
  type Placement,
  parseLabels,
  parsePreprocess,
  preprocess,
  type Runtime,
} from '@gradcam/core';
import { nodeRuntime, readImage } from '@gradcam/node';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasShared, shared } from './support/shared.js';

interface ModelEntry {
  readonly file: string;
  readonly kind: string;
  readonly preprocess: unknown;
  readonly labels: string;
}

const present = hasShared('images/expected.json') && hasShared('models/models.json');
const json = <T>(path: string): T => JSON.parse(readFileSync(`${shared}${path}`, 'utf8')) as T;
const models = present ? json<ModelEntry[]>('models/models.json') : [];
const expected = present
  ? json<{ models: Record<string, Record<string, [label: string, percent: number][]>> }>('images/expected.json').models
  : {};
const boxes = present ? json<{ boxes: Record<string, { box: [number, number, number, number] }[]> }>('images/boxes.json').boxes : {};

/** Where margins are smaller, another resize kernel may change the winner. */
const CLEAR_MARGIN = 10;

/** A hit as the pointing game counts it (Zhang et al. 2016, arXiv 1608.00507): within 15 pixels. The boxes themselves are accurate to about 3 %. */
const MARGIN = 15;

/** Photos whose thing the default layer's heatmap must peak on, for every classifier. */
const MUST_HIT = ['coral_cat_720p.jpg', 'coral_parrot.jpg', 'coral_owl.jpg', 'coral_hot_dog.jpg', 'coral_dog_segmentation_256.png'];

if (!present) it.skip('photographs: ../shared/images and ../shared/models are not there', () => {});

describe.each(Object.keys(expected))('%s on photographs', (file) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime();
  });

  it('sees what it should and looks at it', async () => {
    const entry = models.find((model) => model.file === file);
    if (entry === undefined) throw new Error(`${file} is not in models.json`);
    const explainer = await openExplainer(runtime, new Uint8Array(readFileSync(`${shared}models/${file}`)));
    const labels = parseLabels(readFileSync(`${shared}models/${entry.labels}`, 'utf8'), entry.labels);
    expect(builtinLabels(explainer.classes)).toHaveLength(explainer.classes);
    const spec = parsePreprocess(entry.preprocess, 'models.json');
    const misses: string[] = [];
    for (const [photo, top] of Object.entries(expected[file] ?? {})) {
      const image = await readImage(`${shared}images/${photo}`);
      const { tensor, placement } = preprocess(image, spec);
      const [result] = await explainer.explain(tensor);
      const [best] = result?.predictions ?? [];
      const explanation = result?.explanations[0];
      if (best === undefined || explanation === undefined) throw new Error('no result');
      const [first, second] = top;
      if (first !== undefined && first[1] - (second?.[1] ?? 0) > CLEAR_MARGIN) expect(labels[best.index], photo).toBe(first[0]);
      const [x, y] = peak(explanation.heatmap, placement);
      const inside = await isOnThing(photo, x, y);
      if (inside === false) misses.push(photo);
      if (MUST_HIT.includes(photo))
        expect(inside, `${file}: the heatmap of ${photo} peaks at ${Math.round(x)}, ${Math.round(y)}`).toBe(true);
    }
    console.info(`${file}: heatmap peaks outside of box or mask: ${misses.join(', ') || 'none'}`);
    await explainer.close();
  });
});

describe.each(['cifar10_resnet20.onnx', 'mobilevit_xxs_flowers.onnx'].filter(() => present))('%s', (file) => {
  it('runs and gives a finite heatmap with a maximum of 1', async () => {
    const entry = models.find((model) => model.file === file);
    const runtime = await nodeRuntime();
    const explainer = await openExplainer(runtime, new Uint8Array(readFileSync(`${shared}models/${file}`)));
    const image = await readImage(`${shared}images/coral_cat_720p.jpg`);
    const [result] = await explainer.explain(preprocess(image, parsePreprocess(entry?.preprocess, 'models.json')).tensor);
    const heatmap = result?.explanations[0]?.heatmap.data ?? new Float32Array();
    expect(heatmap.every(Number.isFinite)).toBe(true);
    expect(Math.max(...heatmap)).toBeCloseTo(1, 5);
    // models.json: the CIFAR network says cat with certainty.
    if (file.startsWith('cifar')) expect(result?.predictions[0]?.index).toBe(3);
    await explainer.close();
  });
});

/** The heatmap's maximum in pixels of the photo. */
function peak({ data, width }: Heatmap, { left, top, scaleX, scaleY }: Placement): [x: number, y: number] {
  const index = data.indexOf(Math.max(...data));
  return [left + ((index % width) + 0.5) * scaleX, top + (Math.floor(index / width) + 0.5) * scaleY];
}

/** Whether a pixel lies in the photo's box or mask; undefined where it has neither. */
async function isOnThing(photo: string, x: number, y: number): Promise<boolean | undefined> {
  const masks: Record<string, { file: string; value: number }> = {
    'coral_bird_segmentation.png': { file: 'coral_bird_segmentation_mask.png', value: 3 },
    'coral_dog_segmentation_256.png': { file: 'coral_dog_segmentation_mask_256.png', value: 0 },
  };
  const mask = masks[photo];
  if (mask !== undefined) {
    const { data, info } = await sharp(`${shared}images/${mask.file}`).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
    const photoSize = await sharp(`${shared}images/${photo}`).metadata();
    const [column, row] = [Math.floor((x * info.width) / (photoSize.width ?? 1)), Math.floor((y * info.height) / (photoSize.height ?? 1))];
    return data[row * info.width + column] === mask.value;
  }
  return boxes[photo]?.some(({ box: [x0, y0, x1, y1] }) => x >= x0 - MARGIN && x <= x1 + MARGIN && y >= y0 - MARGIN && y <= y1 + MARGIN);
}
