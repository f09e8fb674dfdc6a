import { nodeRuntime } from '@gradcam/node';
import { describe, expect, test } from 'vitest';
import { type ModelParts, model } from '../../../onnx-grad/src/testing/model.js';
import { type ExplainerOptions, openExplainer } from '../explain/open.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD, smallNetwork } from '../testing/networks.js';

const runtime = await nodeRuntime();
const SIDE = 4;
const POSITIONS = SIDE * SIDE;

/** Numbers of [1, 3, 4, 4] of both signs, each another. */
const numbers = Float32Array.from({ length: 3 * POSITIONS }, (_, index) => Math.sin(1 + index * 1.3) * 2);
const picture: Tensor = { type: 'float32', dims: [1, 3, SIDE, SIDE], data: numbers };
const x = (channel: number, position: number) => numbers[channel * POSITIONS + position] ?? Number.NaN;
const positions = Array.from({ length: POSITIONS }, (_, position) => position);
const mapOf = (value: (position: number) => number) => positions.map(value);

/** Weights of class c for pixel p of channel k: any numbers that tell all apart. */
const weight = (index: number, channel: number, position: number) => Math.cos(index + channel * 5 + position * 0.7);
const flatWeights = Array.from({ length: 3 * POSITIONS }, (_, at) =>
  [0, 1].map((index) => weight(index, Math.floor(at / POSITIONS), at % POSITIONS)),
);

/** y_c = Σ w_c f(x) + c: with f(x) = x linear, with x² quadratic. */
function pixelNetwork(nodes: ModelParts['nodes']): Uint8Array {
  return model({
    opset: 17,
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, SIDE, SIDE] }],
    outputs: ['scores'],
    initializers: new Map([
      ['weights', { type: 'float32', dims: [3 * POSITIONS, 2], data: flatWeights.flat() }],
      ['offsets', { type: 'float32', dims: [2], data: [0, 1] }],
    ]),
    nodes: [
      ...nodes,
      { opType: 'Flatten', inputs: ['made'], outputs: ['flat'], attributes: { axis: 1 } },
      { opType: 'Gemm', inputs: ['flat', 'weights', 'offsets'], outputs: ['scores'] },
    ],
  });
}
const linear = pixelNetwork([{ opType: 'Identity', inputs: ['picture'], outputs: ['made'] }]);
const quadratic = pixelNetwork([{ opType: 'Mul', inputs: ['picture', 'picture'], outputs: ['made'] }]);

/** The signed map of one method for class 1. */
async function explain(bytes: Uint8Array, method: string, options: ExplainerOptions = {}, input = picture, index = 1): Promise<number[]> {
  const explainer = await openExplainer(runtime, bytes, { ...options, methods: [method] });
  try {
    const [first] = await explainer.explain(input, [index]);
    return Array.from(first?.explanations[0]?.maps[0]?.data ?? []);
  } finally {
    await explainer.close();
  }
}

/** Sums of at most 48 products in float32. */
function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  actual.forEach((value, at) => {
    expect(Math.abs(value - (expected[at] ?? Number.NaN)), `at ${at}: ${value}, expected ${expected[at]}`).toBeLessThanOrEqual(
      tolerance * scale,
    );
  });
}
const sumOver = (value: (channel: number) => number) => [0, 1, 2].reduce((sum, channel) => sum + value(channel), 0);
const maxOver = (value: (channel: number) => number) => Math.max(...[0, 1, 2].map(value));

describe('integrated gradients', () => {
  test('of a linear network are weight times input', async () => {
    const expected = mapOf((p) => sumOver((k) => weight(1, k, p) * x(k, p)));
    expectClose(await explain(linear, 'integratedgradients', { steps: 1 }), expected);
    expectClose(await explain(linear, 'integratedgradients'), expected);
  });

  test('of squares are weight times square: the trapezoid rule is exact', async () => {
    const expected = mapOf((p) => sumOver((k) => weight(1, k, p) * x(k, p) ** 2));
    expectClose(await explain(quadratic, 'integratedgradients', { steps: 3 }), expected);
  });

  test('add up to y(x) − y(0), to 1 %', async () => {
    // y of the small network behind tanh: neither linear nor quadratic, and 0 at 0.
    const bytes = pixelNetwork([{ opType: 'Tanh', inputs: ['picture'], outputs: ['made'] }]);
    const map = await explain(bytes, 'integratedgradients');
    const difference = positions.reduce((sum, p) => sum + sumOver((k) => weight(1, k, p) * Math.tanh(x(k, p))), 0);
    const sum = map.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - difference)).toBeLessThan(0.01 * Math.abs(difference));
  });
});

describe('SmoothGrad', () => {
  test('of a linear network is its saliency, whatever the noise', async () => {
    expectClose(
      await explain(linear, 'smoothgrad', { samples: 3, noise: 1 }),
      mapOf((p) => maxOver((k) => Math.abs(weight(1, k, p)))),
    );
  });

  test('of squares goes to 2 w x as the noise averages out', async () => {
    const expected = mapOf((p) => maxOver((k) => Math.abs(2 * weight(1, k, p) * x(k, p))));
    expectClose(await explain(quadratic, 'smoothgrad', { noise: 0, samples: 2 }), expected);
    const noise = 0.1;
    const sigma = noise * (Math.max(...numbers) - Math.min(...numbers));
    const smoothed = await explain(quadratic, 'smoothgrad', { noise, samples: 400 });
    // The mean of n noises lies within 4.5 σ / √n of 0; the gradient moves by twice as much.
    smoothed.forEach((value, p) => {
      expect(Math.abs(value - (expected[p] ?? Number.NaN))).toBeLessThan((2 * 4.5 * sigma) / Math.sqrt(400));
    });
    expect(smoothed).not.toEqual(expected.map(Math.fround));
  });
});

describe('occlusion', () => {
  test('by single pixels of a linear network is weight times input', async () => {
    const expected = mapOf((p) => sumOver((k) => weight(1, k, p) * x(k, p)));
    expectClose(await explain(linear, 'occlusion', { window: 1, stride: 1 }), expected);
  });

  test('by windows is the mean of what those take that cover a position; the last ends at the edge', async () => {
    // Windows of 3 start at 0 and, since 2 would pass the edge, at 1.
    const drop = (top: number, left: number) =>
      [0, 1, 2]
        .flatMap((row) => [0, 1, 2].map((column) => (top + row) * SIDE + left + column))
        .reduce((sum, p) => sum + sumOver((k) => weight(1, k, p) * x(k, p)), 0);
    const covering = (at: number) => [0, 1].filter((start) => at >= start && at < start + 3);
    const expected = mapOf((p) => {
      const drops = covering(Math.floor(p / SIDE)).flatMap((top) => covering(p % SIDE).map((left) => drop(top, left)));
      return drops.reduce((sum, value) => sum + value, 0) / drops.length;
    });
    expectClose(await explain(linear, 'occlusion', { window: 3, stride: 2 }), expected);
  });
});

test('RISE of a linear network goes to weight times input, smoothed by its masks', async () => {
  // One pixel speaks for class 1 alone: where it is seen the score is higher, so the map is highest there.
  const data = new Float32Array(3 * POSITIONS);
  data[6] = 5 / weight(1, 0, 6);
  const map = await explain(linear, 'rise', { samples: 4000 }, { ...picture, data });
  const at = map.indexOf(Math.max(...map));
  expect(at).toBe(6);
  // Grids of 4 × 4 cells of one pixel: each pixel is interpolated between cells, so that y − ȳ = 5 (M(6) − M̄). Far pixels share no cell: 0.
  const highest = map[6] ?? 0;
  expect(highest).toBeGreaterThan(0.5);
  expect(Math.abs(map[15] ?? 0)).toBeLessThan(0.1 * highest);
});

describe('on the small network, whose tail is an average and a linear head', () => {
  /** A_k = max(x_k, 0) and y_c = Σ_k HEAD[c][k] mean(A_k). */
  const A = (channel: number, position: number) => Math.max(x(channel, position), 0);
  const mean = (channel: number) => positions.reduce((sum, p) => sum + A(channel, p), 0) / POSITIONS;
  const head = (channel: number, index = 1) => HEAD[index]?.[channel] ?? Number.NaN;
  const y = head(0) * mean(0) + head(1) * mean(1);

  test.each([['NCHW'], ['NHWC']] as const)('Ablation-CAM weights channels by the share of the score that they make, %s', async (layout) => {
    const data = layout === 'NCHW' ? numbers : Float32Array.from(numbers, (_, at) => x(at % 3, Math.floor(at / 3)));
    const input = { ...picture, dims: layout === 'NCHW' ? picture.dims : [1, SIDE, SIDE, 3], data };
    const expected = mapOf((p) => [0, 1].reduce((sum, k) => sum + ((head(k) * mean(k)) / y) * A(k, p), 0));
    expectClose(await explain(smallNetwork({ layout }), 'ablationcam', {}, input), expected);
  });

  test('Ablation-CAM says so where there is no score to lose', async () => {
    const dark = { ...picture, data: new Float32Array(3 * POSITIONS) };
    await expect(explain(smallNetwork(), 'ablationcam', {}, dark)).rejects.toMatchObject({
      code: 'not-measurable',
      message: expect.stringMatching(/^Ablation-CAM divides by the score of class 1, but that is 0; explain another class/),
    });
  });

  test('Recipro-CAM is the score of each position', async () => {
    const expected = mapOf((p) => (head(0) * A(0, p) + head(1) * A(1, p)) / POSITIONS);
    expectClose(await explain(smallNetwork(), 'reciprocam'), expected);
    expectClose(await explain(smallNetwork({ batch: 1 }), 'reciprocam'), expected);
    expectClose(await explain(smallNetwork({ batch: 3 }), 'reciprocam', {}, tiled(picture, 3)), expected);
  });

  test('the heatmap of Recipro-CAM counts from the least score, since all of them may be negative', async () => {
    const explainer = await openExplainer(runtime, smallNetwork(), { methods: ['reciprocam'] });
    const { explanations } = await explainer.explainOne(picture, [2]);
    await explainer.close();
    const [{ maps, heatmap, evidence } = { maps: [] }] = explanations;
    const scores = Array.from(maps[0]?.data ?? []);
    const [least, most] = [Math.min(...scores), Math.max(...scores)];
    // Class 2 is against both channels: no position has a score above 0, but for the rounding of y.
    expect(most).toBeLessThanOrEqual(1e-6);
    expect(least).toBeLessThan(0);
    expect(evidence).toBe(true);
    expectClose(
      Array.from(heatmap?.data ?? []),
      scores.map((score) => (score - least) / (most - least)),
    );
  });

  /** Score-CAM with scores that a variant gives: the layer is as large as the picture, so that masks are not resized. */
  function scoreCam(score: (mask: (position: number) => number) => number): number[] {
    const masks = [0, 1].map((k) => {
      const values = mapOf((p) => A(k, p));
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return (p: number) => (A(k, p) - low) / (high - low + 1e-8);
    });
    const powers = masks.map((mask) => Math.exp(score(mask)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return mapOf((p) => powers.reduce((sum, power, k) => sum + (power / total) * A(k, p), 0));
  }
  const scoreOf = (mask: (position: number) => number) =>
    positions.reduce((sum, p) => sum + [0, 1].reduce((part, k) => part + (head(k) * Math.max(x(k, p) * mask(p), 0)) / POSITIONS, 0), 0);

  test('Score-CAM weights channels by the softmax of their scores', async () => {
    expectClose(await explain(smallNetwork(), 'scorecam'), scoreCam(scoreOf));
  });

  test('IS-CAM averages along the mask, where this network is linear', async () => {
    const steps = [1, 2, 3, 4].map((step) => step / 4);
    const averaged = (mask: (position: number) => number) => steps.reduce((sum, t) => sum + t * scoreOf(mask), 0) / steps.length;
    expectClose(await explain(smallNetwork(), 'iscam', { steps: 4 }), scoreCam(averaged));
  });

  test('SS-CAM without noise is Score-CAM, and with noise depends on the seed alone', async () => {
    expectClose(await explain(smallNetwork(), 'sscam', { noise: 0, samples: 2 }), scoreCam(scoreOf));
    const noisy = (seed: number) => explain(smallNetwork(), 'sscam', { noise: 0.5, samples: 3, seed });
    const first = await noisy(1);
    expect(await noisy(1)).toEqual(first);
    expect(await noisy(2)).not.toEqual(first);
  });

  test('Smooth Grad-CAM++ without noise is Grad-CAM++', async () => {
    expectClose(
      await explain(smallNetwork(), 'smoothgradcamplusplus', { noise: 0, samples: 3 }),
      await explain(smallNetwork(), 'gradcamplusplus'),
    );
  });

  test('a picture of float16 gives the same within its precision', async () => {
    const bytes = smallNetwork({ type: 'float16' });
    const half = inTypeOf(picture, { name: 'picture', type: 'float16' });
    for (const method of ['ablationcam', 'reciprocam', 'scorecam', 'sscam', 'occlusion', 'smoothgrad'])
      expectClose(await explain(bytes, method, { samples: 3 }, half), await explain(smallNetwork(), method, { samples: 3 }), 1e-2);
  });
});

function tiled(tensor: Tensor, times: number): Tensor {
  const data = new Float32Array(times * tensor.data.length);
  for (let time = 0; time < times; time++) data.set(tensor.data as Float32Array, time * tensor.data.length);
  return { ...tensor, dims: [times, ...tensor.dims.slice(1)], data };
}

describe.each([
  'ablationcam',
  'reciprocam',
  'scorecam',
  'sscam',
  'iscam',
  'smoothgradcamplusplus',
  'smoothgrad',
  'integratedgradients',
  'occlusion',
  'rise',
])('%s', (method) => {
  // Behind this layer stands a ReLU: no method has a shorter way there than its runs.
  const few = { samples: 5, steps: 4, layers: ['conv'] };

  test('does not depend on the batch size', async () => {
    const [whole, ...others] = await Promise.all([16, 1, 3].map((batch) => explain(smallNetwork(), method, { ...few, batch })));
    // Sums in other blocks round otherwise.
    for (const map of others) expectClose(map, whole ?? [], 1e-5);
  });

  test('tells of its progress, and ends at the total', async () => {
    const told: [number, number][] = [];
    const explainer = await openExplainer(runtime, smallNetwork(), { ...few, batch: 1, methods: [method] });
    await explainer.explainOne(picture, [1], { progress: (done, total) => told.push([done, total]) });
    await explainer.close();
    expect(told.length).toBeGreaterThan(1);
    const [, total] = told[0] ?? [];
    told.forEach(([done, of], index) => {
      expect(of).toBe(total);
      expect(done).toBeGreaterThan(told[index - 1]?.[0] ?? 0);
    });
    expect(told.at(-1)?.[0]).toBe(total);
  });

  test('stops in the middle', async () => {
    const explainer = await openExplainer(runtime, smallNetwork(), { ...few, batch: 1, methods: [method] });
    const signal = { aborted: false };
    const asked = explainer.explainOne(picture, [1], {
      signal,
      progress: () => {
        signal.aborted = true;
      },
    });
    await expect(asked).rejects.toMatchObject({ code: 'aborted' });
    await explainer.close();
  });
});
