import { nodeRuntime } from '@gradcam/node';
import { describe, expect, test } from 'vitest';
import { layersOf } from '../layers/listing.js';
import { readClassifier } from '../model/model.js';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD, smallNetwork } from '../testing/networks.js';
import { QUANTIZED_FORMS, quantizedNetwork } from '../testing/quantized.js';
import { openExplainer } from './open.js';

const runtime = await nodeRuntime();
const POSITIONS = 16;

/** Whole multiples of the step: channel 0 lights up at two positions, channel 1 at the last; one is stopped by the ReLU. From −16 to 15.875, as the types hold. */
const data = new Float32Array(3 * POSITIONS);
data.set([4, 2, 0, 0, 0, -16]);
data[2 * POSITIONS - 1] = 15.875;
const picture: Tensor = { type: 'float32', dims: [1, 3, 4, 4], data };

/** L_c = Σ_k HEAD[c][k] / positions · A_k of the network that is not quantised. */
function expected(index: number): number[] {
  const [first, second] = HEAD[index] ?? [0, 0];
  const active = (position: number) => Math.max(data[position] ?? 0, 0);
  return Array.from({ length: POSITIONS }, (_, position) => (first * active(position) + second * active(POSITIONS + position)) / POSITIONS);
}

describe.each(QUANTIZED_FORMS)('a network quantised as %s', (form) => {
  const bytes = quantizedNetwork(form);

  test('has the maps of the network that is not', async () => {
    const explainer = await openExplainer(runtime, bytes);
    expect(explainer.layers).toEqual(['features']);
    for (const index of [0, 1, 2]) {
      const [result] = await explainer.explain(picture, [index]);
      const map = result?.explanations[0]?.maps[0]?.data ?? [];
      // Steps and weights are exact in float32; the scale that DynamicQuantizeLinear computes is rounded.
      expect(map).toHaveLength(POSITIONS);
      expected(index).forEach((value, position) => {
        expect(map[position]).toBeCloseTo(value, 5);
      });
    }
    await explainer.close();
  });

  test('has the curvature of the network that is not', async () => {
    // The means of the features are whole multiples of the step, too; the scales that DynamicQuantizeLinear computes are not.
    const whole = { ...picture, data: data.map((value) => (value > 15 ? 14 : value)) };
    const maps: ArrayLike<number>[] = [];
    for (const network of [bytes, smallNetwork()]) {
      const explainer = await openExplainer(runtime, network, { methods: ['shapleycam'] });
      maps.push((await explainer.explainOne(whole, [1])).explanations[0]?.maps[0]?.data ?? []);
      await explainer.close();
    }
    for (let position = 0; position < POSITIONS; position++)
      expect(maps[0]?.[position]).toBeCloseTo(maps[1]?.[position] ?? Number.NaN, form === 'dynamic' ? 2 : 5);
  });

  test('has the features and gradients of the network that is not, for methods of many runs', async () => {
    // One copy without noise: SmoothGrad-CAM++ is Grad-CAM++ then.
    const options = { methods: ['gradcamplusplus', 'smoothgradcamplusplus'], samples: 1, noise: 0 };
    const explainer = await openExplainer(runtime, bytes, options);
    const [once, smoothed] = (await explainer.explainOne(picture, [1])).explanations.map(({ maps }) => maps[0]?.data ?? []);
    expect(once?.some((value) => value > 1)).toBe(true);
    for (let position = 0; position < POSITIONS; position++) expect(smoothed?.[position]).toBeCloseTo(once?.[position] ?? Number.NaN, 4);
    await explainer.close();
  });

  test('lists its feature maps, the dequantised last one as default', async () => {
    const layers = await layersOf(runtime, await readClassifier(runtime, bytes));
    expect(layers.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(['features']);
    const conv = { QDQ: 'conv', QOperator: 'features', dynamic: 'conv', weights: 'conv' }[form];
    expect(layers.map(({ name }) => name)).toContain(conv);
  });
});

test('the convolutions of a quantised network are its convolutions', async () => {
  const names = QUANTIZED_FORMS.slice(0, 2).map(
    async (form) => (await openExplainer(runtime, quantizedNetwork(form), { layers: ['last-conv'] })).layers,
  );
  expect(await Promise.all(names)).toEqual([['conv'], ['features']]);
});
