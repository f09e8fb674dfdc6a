import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { resizeMap } from '../picture/resize-map.js';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD, resizingNetwork, type SmallNetwork, smallNetwork } from '../testing/networks.js';
import { openExplainer } from './open.js';

const runtime = await nodeRuntime();
const SIDE = 4;
const POSITIONS = SIDE * SIDE;

/** Channel 0 lights up at the top left, channel 1 at the bottom right; the third channel is noise that the network ignores. */
function picture(images = 1, strength = 1): { tensor: Tensor; channels: (image: number) => [Float32Array, Float32Array] } {
  const data = new Float32Array(images * 3 * POSITIONS);
  for (let image = 0; image < images; image++) {
    const at = (channel: number, position: number) => (image * 3 + channel) * POSITIONS + position;
    data[at(0, 0)] = 2 * strength * (image + 1);
    data[at(0, 1)] = strength;
    data[at(1, POSITIONS - 1)] = 4 * strength;
    data[at(0, 5)] = -3; // stopped by the ReLU
    for (let position = 0; position < POSITIONS; position++) data[at(2, position)] = Math.sin(position);
  }
  const channel = (image: number, index: number) =>
    data.slice((image * 3 + index) * POSITIONS, (image * 3 + index + 1) * POSITIONS).map((value) => Math.max(value, 0));
  return { tensor: { type: 'float32', dims: [images, 3, SIDE, SIDE], data }, channels: (image) => [channel(image, 0), channel(image, 1)] };
}

/** L_c = Σ_k HEAD[c][k] / positions · A_k, worked out from the definition. */
function expectedMap([first, second]: readonly [Float32Array, Float32Array], index: number): number[] {
  const [a, b] = HEAD[index] ?? [0, 0];
  return Array.from(first, (value, position) => (a * value + b * (second[position] ?? 0)) / POSITIONS);
}

function expectNear(actual: ArrayLike<number> | undefined, expected: ArrayLike<number>, tolerance = 1e-6): void {
  expect(actual).toHaveLength(expected.length);
  for (let index = 0; index < expected.length; index++)
    expect(Math.abs((actual?.[index] ?? Number.NaN) - (expected[index] ?? 0))).toBeLessThanOrEqual(tolerance);
}

describe('a network whose answer is known in closed form', () => {
  const forms: SmallNetwork[] = [7, 8, 9, 11, 13, 17].map((opset) => ({ opset }));
  forms.push({ layout: 'NHWC' }, { batch: 1 }, { side: 'side' }, { end: 'Softmax' }, { end: 'LogSoftmax' }, { end: 'Sigmoid' });
  it.each(forms)('%o', async (form) => {
    const { tensor, channels } = picture();
    const input: Tensor =
      form.layout === 'NHWC' ? { ...tensor, dims: [1, SIDE, SIDE, 3], data: channelsLast(tensor.data as Float32Array) } : tensor;
    const explainer = await openExplainer(runtime, smallNetwork(form));
    expect(explainer.layers).toEqual(['features']);
    for (const index of [0, 1]) {
      const [result] = await explainer.explain(input, [index]);
      const explanation = result?.explanations[0];
      const map = expectedMap(channels(0), index);
      expect(explanation?.class.index).toBe(index);
      expectNear(explanation?.maps[0]?.data, map);
      const highest = Math.max(...map);
      expectNear(
        explanation?.heatmap.data,
        map.map((value) => Math.max(value, 0) / highest),
      );
      // The mean of A, times the head: the logit y.
      expect(explanation?.score).toBeCloseTo(
        map.reduce((sum, value) => sum + value, 0),
        5,
      );
    }
    await explainer.close();
  });

  it('explains the most probable class when none is named', async () => {
    const explainer = await openExplainer(runtime, smallNetwork());
    const [result] = await explainer.explain(picture().tensor);
    // Logits: channel means 3/16 and 4/16 through the head.
    const logits = HEAD.map(([a, b]) => (3 * a + 4 * b) / POSITIONS);
    const best = logits.indexOf(Math.max(...logits));
    expect(result?.explanations.map((explanation) => explanation.class.index)).toEqual([best]);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    expect(result?.predictions[0]?.index).toBe(best);
    expect(result?.predictions[0]?.probability).toBeCloseTo(Math.exp(logits[best] ?? 0) / sum, 6);
    await explainer.close();
  });

  it('takes probabilities from a final sigmoid one by one', async () => {
    const explainer = await openExplainer(runtime, smallNetwork({ end: 'Sigmoid' }));
    const [result] = await explainer.explain(picture().tensor, [0]);
    const logit = (2 * 3 - 4) / POSITIONS;
    expect(result?.explanations[0]?.class.probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
    await explainer.close();
  });

  it.each([{ batch: 'batch' }, { batch: 1 }])('explains each image of a batch for each class: %o', async (form) => {
    const { tensor, channels } = picture(3);
    const explainer = await openExplainer(runtime, smallNetwork(form));
    const results = await explainer.explain(tensor, [1, 0]);
    expect(results).toHaveLength(3);
    results.forEach((result, image) => {
      expect(result.explanations.map((explanation) => explanation.class.index)).toEqual([1, 0]);
      for (const { class: predicted, maps } of result.explanations)
        expectNear(maps[0]?.data, expectedMap(channels(image), predicted.index));
    });
    await explainer.close();
  });

  it('shares one forward pass between the classes of one image', async () => {
    const { tensor, channels } = picture();
    const explainer = await openExplainer(runtime, smallNetwork());
    expect(explainer.explained.sharesRows).toBe(true);
    const [result] = await explainer.explain(tensor, [2, 0, 1]);
    expect(result?.explanations.map((explanation) => explanation.class.index)).toEqual([2, 0, 1]);
    for (const { class: predicted, maps } of result?.explanations ?? [])
      expectNear(maps[0]?.data, expectedMap(channels(0), predicted.index));
    await explainer.close();
  });

  it('says when nothing speaks for a class: zeros, not NaN', async () => {
    const explainer = await openExplainer(runtime, smallNetwork());
    const [result] = await explainer.explain(picture().tensor, [2]);
    expect(result?.explanations[0]?.evidence).toBe(false);
    expect([...(result?.explanations[0]?.heatmap.data ?? [1])].every((value) => value === 0)).toBe(true);
    await explainer.close();
  });

  it('draws a heatmap when it is looked at, once', async () => {
    const explainer = await openExplainer(runtime, smallNetwork());
    const [result] = await explainer.explain(picture().tensor, [0]);
    const explanation = result?.explanations[0];
    expect(explanation && Object.getOwnPropertyDescriptor(explanation, 'heatmap')?.get).toBeTypeOf('function');
    expect(explanation?.heatmap).toBe(explanation?.heatmap);
    await explainer.close();
  });

  it('refuses what is not finite, a class out of range, and another shape or type', async () => {
    const explainer = await openExplainer(runtime, smallNetwork());
    const { tensor } = picture();
    await expect(explainer.explain({ ...tensor, data: (tensor.data as Float32Array).map(() => Number.NaN) })).rejects.toMatchObject({
      code: 'no-gradient',
    });
    await expect(explainer.explain(tensor, [3])).rejects.toMatchObject({
      code: 'unknown-class',
      message: 'expected a class from 0 to 2, but got 3',
    });
    await expect(explainer.explain({ ...tensor, dims: [1, 3, 8, 2] })).rejects.toMatchObject({ code: 'invalid-tensor' });
    await expect(explainer.explain({ ...tensor, type: 'float64' })).rejects.toMatchObject({ code: 'invalid-tensor' });
    await explainer.close();
  });

  it('fuses layers: each scaled, averaged, scaled again', async () => {
    const explainer = await openExplainer(runtime, smallNetwork(), { layers: ['features', 'conv'] });
    const { tensor } = picture();
    const [result] = await explainer.explain(tensor, [0]);
    const explanation = result?.explanations[0];
    expect(explanation?.maps).toHaveLength(2);
    const scaled = (explanation?.maps ?? []).map(({ data }) => {
      const highest = Math.max(...data);
      return data.map((value) => Math.max(value, 0) / highest);
    });
    const mean = Array.from({ length: POSITIONS }, (_, position) => scaled.reduce((sum, map) => sum + (map[position] ?? 0), 0) / 2);
    expectNear(
      explanation?.heatmap.data,
      mean.map((value) => value / Math.max(...mean)),
      1e-5,
    );
    await explainer.close();
  });

  it('gives saliency: the largest absolute gradient of each pixel over its channels', async () => {
    const explainer = await openExplainer(runtime, smallNetwork(), { methods: ['saliency', 'gradcam'] });
    expect(explainer.layers).toEqual(['picture', 'features']);
    const { tensor, channels } = picture();
    const [result] = await explainer.explain(tensor, [0]);
    expect(result?.explanations.map(({ method }) => method)).toEqual(['saliency', 'gradcam']);
    const [first, second] = channels(0);
    const [a, b] = HEAD[0];
    // The gradient passes where the ReLU is open: |HEAD| / positions.
    const expected = Array.from(
      first,
      (value, position) => Math.max(value > 0 ? Math.abs(a) : 0, (second[position] ?? 0) > 0 ? Math.abs(b) : 0) / POSITIONS,
    );
    expectNear(result?.explanations[0]?.maps[0]?.data, expected);
    await explainer.close();
  });
});

describe('resizing in the graph', () => {
  it.each([9, 11, 13, 17])('equals the resampler in operator set %i', async (opset) => {
    const explainer = await openExplainer(runtime, resizingNetwork(opset));
    const data = Float32Array.from({ length: 3 * 12 * 12 }, (_, index) => Math.sin(index * 0.7));
    const [result] = await explainer.explain({ type: 'float32', dims: [1, 3, 12, 12], data }, [0]);
    const explanation = result?.explanations[0];
    const [map] = explanation?.maps ?? [];
    if (map === undefined) throw new Error('no map');
    expect([map.width, map.height]).toEqual([5, 5]);
    const resized = resizeMap({ ...map, data: map.data.map((value) => Math.max(value, 0)) }, 12, 12);
    const highest = Math.max(...resized.data);
    expectNear(
      explanation?.heatmap.data,
      resized.data.map((value) => value / highest),
      1e-5,
    );
    await explainer.close();
  });
});

function channelsLast(data: Float32Array): Float32Array {
  const turned = new Float32Array(data.length);
  for (let channel = 0; channel < 3; channel++)
    for (let position = 0; position < POSITIONS; position++) turned[position * 3 + channel] = data[channel * POSITIONS + position] ?? 0;
  return turned;
}
