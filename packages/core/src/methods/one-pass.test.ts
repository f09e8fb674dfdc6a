import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { model } from '../../../onnx-grad/src/testing/model.js';
import { exportExplained } from '../explain/export.js';
import { heatmapOf } from '../explain/heatmap.js';
import { openExplainer } from '../explain/open.js';
import { readClassifier } from '../model/model.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD, smallNetwork } from '../testing/networks.js';

/**
 * picture [batch, 3, 4, 5] → 1×1 convolution `features` of both signs → σ → global average → linear head. Expected maps are worked out here in float64 by
 * the definitions: gradients of the features in closed form, those of the scores by central differences.
 */
const runtime = await nodeRuntime();
const [HEIGHT, WIDTH, CHANNELS, CLASSES] = [4, 5, 6, 5];
const POSITIONS = HEIGHT * WIDTH;
const STEP = 1e-5;
/** Relative L2 to float64; features of 16 bits have 11. */
const TOLERANCE = { float32: 1e-5, float16: 1e-2 } as const;

const wave = (rows: number, columns: number, phase: number, size = 1) =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => size * Math.sin(1.3 * row + 2.1 * column * column + phase)),
  );
const kernel = wave(CHANNELS, 3, 1);
const offsets = wave(1, CHANNELS, 2, 0.5)[0] ?? [];
const head = wave(CLASSES, CHANNELS, 3, 4);

interface Form {
  readonly opset?: number;
  readonly layout?: 'NCHW' | 'NHWC';
  readonly type?: 'float32' | 'float16';
}

function network({ opset = 17, layout = 'NCHW', type = 'float32' }: Form): Uint8Array {
  const first = layout === 'NCHW';
  const tensor = (dims: readonly number[], data: readonly number[]) => ({ type, dims, data });
  return model({
    opset,
    nodes: [
      ...(first
        ? [{ opType: 'Conv', inputs: ['picture', 'kernel', 'offsets'], outputs: ['features'], attributes: { kernel_shape: [1, 1] } }]
        : [
            { opType: 'MatMul', inputs: ['picture', 'kernel'], outputs: ['products'], attributes: {} },
            { opType: 'Add', inputs: ['products', 'offsets'], outputs: ['features'], attributes: {} },
          ]),
      { opType: 'Sigmoid', inputs: ['features'], outputs: ['lit'], attributes: {} },
      ...(first
        ? [
            { opType: 'GlobalAveragePool', inputs: ['lit'], outputs: ['pooled'], attributes: {} },
            { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
          ]
        : [{ opType: 'ReduceMean', inputs: ['lit'], outputs: ['flat'], attributes: { axes: [1, 2], keepdims: 0 } }]),
      { opType: 'Gemm', inputs: ['flat', 'head', 'bias'], outputs: ['scores'], attributes: { transB: 1 } },
    ],
    inputs: [{ name: 'picture', type, dims: first ? ['batch', 3, HEIGHT, WIDTH] : ['batch', HEIGHT, WIDTH, 3] }],
    outputs: ['scores'],
    initializers: new Map([
      ['kernel', first ? tensor([CHANNELS, 3, 1, 1], kernel.flat()) : tensor([3, CHANNELS], turned(kernel).flat())],
      ['offsets', tensor([CHANNELS], offsets)],
      ['head', tensor([CLASSES, CHANNELS], head.flat())],
      ['bias', tensor([CLASSES], new Array<number>(CLASSES).fill(0))],
    ]),
  });
}

/** [row][column] as [column][row] */
const turned = (rows: readonly (readonly number[])[]) => (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0));

/** Pictures, [image][channel][position], each channel with a peak. */
const pictures = [0, 1].map((image) =>
  wave(3, POSITIONS, image).map((row, channel) => row.map((value, at) => (at === 4 * channel + 5 * image + 3 ? 6 : value))),
);

function tensorOf(images: readonly number[], layout: Form['layout']): Tensor {
  const data = images.flatMap((image) => (layout === 'NHWC' ? turned(pictures[image] ?? []) : (pictures[image] ?? [])).flat());
  return {
    type: 'float32',
    dims: [images.length, ...(layout === 'NHWC' ? [HEIGHT, WIDTH, 3] : [3, HEIGHT, WIDTH])],
    data: Float32Array.from(data),
  };
}

type Matrix = readonly (readonly number[])[];

const sigma = (x: number) => 1 / (1 + Math.exp(-x));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

/** A [k][p] of an image. */
const activations = (image: number): Matrix =>
  kernel.map((row, k) =>
    Array.from({ length: POSITIONS }, (_, p) => sum(row.map((w, c) => w * (pictures[image]?.[c]?.[p] ?? 0))) + (offsets[k] ?? 0)),
  );
const logits = (a: Matrix) => head.map((row) => sum(row.map((w, k) => w * mean((a[k] ?? []).map(sigma)))));

/** G [k][p] of a score y(z). */
function gradients(a: Matrix, y: (z: readonly number[]) => number): Matrix {
  const z = logits(a);
  const slopes = z.map((_, c) => {
    const moved = (step: number) => y(z.map((value, other) => (other === c ? value + step : value)));
    return (moved(STEP) - moved(-STEP)) / (2 * STEP);
  });
  const weights = turned(head).map((column) => sum(column.map((w, c) => w * (slopes[c] ?? 0))));
  return a.map((row, k) => row.map((value) => ((weights[k] ?? 0) * sigma(value) * (1 - sigma(value))) / POSITIONS));
}

/** H·A: how G moves along A. */
function curvature(a: Matrix, y: (z: readonly number[]) => number): Matrix {
  const [ahead, behind] = [1, -1].map((side) =>
    gradients(
      a.map((row) => row.map((value) => value * (1 + side * 1e-3))),
      y,
    ),
  );
  return a.map((row, k) => row.map((_, p) => ((ahead?.[k]?.[p] ?? 0) - (behind?.[k]?.[p] ?? 0)) / 2e-3));
}

const combined = (weights: readonly number[], a: Matrix) =>
  Array.from({ length: POSITIONS }, (_, p) => sum(weights.map((w, k) => w * (a[k]?.[p] ?? 0))));
const summed = (a: Matrix, of: (value: number, k: number, p: number) => number) =>
  Array.from({ length: POSITIONS }, (_, p) => sum(a.map((row, k) => of(row[p] ?? 0, k, p))));

function probabilities(z: readonly number[]): number[] {
  const powers = z.map(Math.exp);
  return powers.map((power) => power / sum(powers));
}

/** L by the definition of each method. */
const expected: Readonly<Record<string, (a: Matrix, c: number) => number[]>> = {
  gradcam: (a, c) => combined(gradients(a, (z) => z[c] ?? 0).map(mean), a),
  hirescam: (a, c) => {
    const g = gradients(a, (z) => z[c] ?? 0);
    return summed(a, (value, k, p) => value * (g[k]?.[p] ?? 0));
  },
  elementwise: (a, c) => {
    const g = gradients(a, (z) => z[c] ?? 0);
    return summed(a, (value, k, p) => Math.max(value * (g[k]?.[p] ?? 0), 0));
  },
  gradcamplusplus: (a, c) => {
    const weights = gradients(a, (z) => z[c] ?? 0).map((row, k) =>
      sum(row.map((g) => (g === 0 ? 0 : (Math.max(g, 0) * g ** 2) / (2 * g ** 2 + sum(a[k] ?? []) * g ** 3 + 1e-6)))),
    );
    return combined(weights, a);
  },
  xgradcam: (a, c) => {
    const weights = gradients(a, (z) => z[c] ?? 0).map((row, k) => sum(row.map((g, p) => g * (a[k]?.[p] ?? 0))) / (sum(a[k] ?? []) + 1e-7));
    return combined(weights, a);
  },
  layercam: (a, c) => {
    const g = gradients(a, (z) => z[c] ?? 0);
    return summed(a, (value, k, p) => value * Math.max(g[k]?.[p] ?? 0, 0));
  },
  fem: (a) => {
    const weights = a.map((row) => {
      const deviation = Math.sqrt(mean(row.map((value) => (value - mean(row)) ** 2)));
      return mean(row.map((value) => (value > mean(row) + 2 * deviation ? 1 : 0)));
    });
    return combined(weights, a);
  },
  shapleycam: (a, c) => {
    const y = (z: readonly number[]) => (z[c] ?? 0) + Math.log(probabilities(z)[c] ?? 0);
    const [g, h] = [gradients(a, y), curvature(a, y)];
    const weights = g.map((row, k) => mean(row.map((value, p) => value - 0.5 * (h[k]?.[p] ?? 0))));
    return combined(weights, a);
  },
  finercam: (a, c) => {
    const [own = 0] = [logits(a)[c]];
    const nearest = logits(a)
      .map((z, i) => ({ i, distance: Math.abs(z - own) }))
      .filter(({ i }) => i !== c)
      .sort((one, other) => one.distance - other.distance)
      .slice(0, 3);
    const y = (z: readonly number[]) => {
      const p = probabilities(z);
      return sum(nearest.map(({ i }) => (p[i] ?? 0) * ((z[c] ?? 0) - (z[i] ?? 0)))) / (sum(nearest.map(({ i }) => p[i] ?? 0)) + 1e-9);
    };
    return combined(gradients(a, y).map(mean), a);
  },
};
const methods = Object.keys(expected);

function expectMap(actual: ArrayLike<number> | undefined, wanted: readonly number[], what: string, tolerance = 1e-5): void {
  const difference = wanted.map((value, at) => value - (actual?.[at] ?? Number.NaN));
  expect(Math.hypot(...difference) / (Math.hypot(...wanted) || 1), what).toBeLessThan(tolerance);
}

describe.each<Form>([{ opset: 7 }, { opset: 9 }, { opset: 11 }, { opset: 13 }, { opset: 17 }, { layout: 'NHWC' }, { type: 'float16' }])(
  '%o',
  (form) => {
    const tolerance = TOLERANCE[form.type ?? 'float32'];

    it('gives the maps of the definitions, of each image and class', async () => {
      const explainer = await openExplainer(runtime, network(form), { methods, layers: ['features'] });
      const results = await explainer.explain(inTypeOf(tensorOf([0, 1], form.layout), explainer.model.input), [0, 1, 4]);
      for (const [image, { explanations }] of results.entries())
        for (const { method, class: wanted, maps } of explanations) {
          const map = expected[method]?.(activations(image), wanted.index) ?? [];
          expect(Math.hypot(...map)).toBeGreaterThan(0);
          expectMap(maps[0]?.data, map, `${method} of class ${wanted.index} of image ${image}`, tolerance);
        }
      expect(results.flatMap(({ explanations }) => explanations)).toHaveLength(2 * 3 * methods.length);
      await explainer.close();
    });

    it.each(methods)('exports %s', async (method) => {
      const { bytes, heatmap } = await exportExplained(runtime, network(form), { methods: [method], layers: ['features'], class: 1 });
      const session = await runtime.open(bytes);
      const { input } = await readClassifier(runtime, bytes);
      const data = (await session.run({ picture: inTypeOf(tensorOf([0], form.layout), input) }, [heatmap]))[heatmap]?.data;
      const map = { height: HEIGHT, width: WIDTH, data: Float32Array.from(expected[method]?.(activations(0), 1) ?? []) };
      expectMap(data as Float32Array, [...heatmapOf([map], WIDTH, HEIGHT).data], method, tolerance);
      await session.close();
    });
  },
);

it('three classes of one image that share a run are as three runs', async () => {
  const sharing = methods.filter((method) => method !== 'shapleycam');
  const explainer = await openExplainer(runtime, network({}), { methods: sharing, layers: ['features'] });
  expect(explainer.explained.sharesRows).toBe(true);
  const [result] = await explainer.explain(tensorOf([1], 'NCHW'), [2, 0, 3]);
  for (const { method, class: wanted, maps } of result?.explanations ?? [])
    expectMap(maps[0]?.data, expected[method]?.(activations(1), wanted.index) ?? [], `${method} of class ${wanted.index}`);
  await explainer.close();
});

it('what speaks against the class: gradients negated', async () => {
  const explainer = await openExplainer(runtime, network({}), {
    methods: ['gradcam', 'layercam'],
    layers: ['features'],
    counterfactual: true,
  });
  const [result] = await explainer.explain(tensorOf([0], 'NCHW'), [0]);
  const a = activations(0);
  const g = gradients(a, (z) => -(z[0] ?? 0));
  expectMap(result?.explanations[0]?.maps[0]?.data, combined(g.map(mean), a), 'gradcam');
  expectMap(
    result?.explanations[1]?.maps[0]?.data,
    summed(a, (value, k, p) => value * Math.max(g[k]?.[p] ?? 0, 0)),
    'layercam',
  );
  await explainer.close();
});

it('Finer-CAM of three classes has two rivals', async () => {
  const explainer = await openExplainer(runtime, smallNetwork(), { methods: ['finercam'] });
  const seen = (pictures[0] ?? []).map((row) => row.slice(0, 16));
  const [result] = await explainer.explain({ type: 'float32', dims: [1, 3, 4, 4], data: Float32Array.from(seen.flat()) }, [1]);
  // Features are the first two channels behind a ReLU, and z = HEAD · their means.
  const a = seen.slice(0, 2).map((row) => row.map((value) => Math.max(value, 0)));
  const z = (means: readonly number[]) => HEAD.map(([first, second]) => first * (means[0] ?? 0) + second * (means[1] ?? 0));
  const y = (means: readonly number[]) => {
    const [p, scores] = [probabilities(z(means)), z(means)];
    return sum([0, 2].map((i) => (p[i] ?? 0) * ((scores[1] ?? 0) - (scores[i] ?? 0)))) / ((p[0] ?? 0) + (p[2] ?? 0) + 1e-9);
  };
  const weights = a.map((_, k) => {
    const moved = (step: number) => y(a.map((row, other) => mean(row) + (other === k ? step : 0)));
    return (moved(STEP) - moved(-STEP)) / (2 * STEP) / 16;
  });
  expectMap(
    result?.explanations[0]?.maps[0]?.data,
    Array.from({ length: 16 }, (_, p) => sum(weights.map((w, k) => w * (a[k]?.[p] ?? 0)))),
    'finercam',
  );
  await explainer.close();
});

describe('CAM', () => {
  /** L = Σₖ w_ck σ(A)ₖ: the layer behind which only the pooling and the head come. */
  it.each<Form>([{}, { opset: 7 }, { layout: 'NHWC' }])(
    'weighs channels by the row of the classifier and finds the layer: %o',
    async (form) => {
      const explainer = await openExplainer(runtime, network(form), { methods: ['cam'] });
      expect(explainer.layers).toEqual(['lit']);
      const [result] = await explainer.explain(tensorOf([0], form.layout), [3]);
      const lit = activations(0).map((row) => row.map(sigma));
      expectMap(result?.explanations[0]?.maps[0]?.data, combined(head[3] ?? [], lit), 'cam');
      await explainer.close();
    },
  );

  it('refuses a layer with more behind it, and a network that pools nothing', async () => {
    const flat = model({
      opset: 17,
      nodes: [
        { opType: 'Conv', inputs: ['picture', 'kernel'], outputs: ['features'], attributes: { kernel_shape: [1, 1] } },
        { opType: 'Flatten', inputs: ['features'], outputs: ['flat'], attributes: { axis: 1 } },
        { opType: 'MatMul', inputs: ['flat', 'head'], outputs: ['scores'], attributes: {} },
      ],
      inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, HEIGHT, WIDTH] }],
      outputs: ['scores'],
      initializers: new Map([
        ['kernel', { type: 'float32', dims: [1, 3, 1, 1], data: [1, 2, 3] }],
        ['head', { type: 'float32', dims: [POSITIONS, 2], data: new Array<number>(2 * POSITIONS).fill(1) }],
      ]),
    });
    await expect(openExplainer(runtime, flat, { methods: ['cam'] })).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining("behind 'features' stands Flatten, MatMul"),
    });
    await expect(openExplainer(runtime, network({}), { methods: ['cam'], layers: ['features'] })).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining("behind 'features' stands Sigmoid node"),
    });
  });
});

describe('the random control', () => {
  const map = async (seed?: number) => {
    const explainer = await openExplainer(runtime, network({}), {
      methods: ['random'],
      layers: ['features'],
      ...(seed !== undefined && { seed }),
    });
    const [result] = await explainer.explain(tensorOf([0], 'NCHW'), [0, 1]);
    await explainer.close();
    expect(result?.explanations[1]?.maps[0]?.data).toEqual(result?.explanations[0]?.maps[0]?.data);
    return result?.explanations[0]?.maps[0]?.data ?? new Float32Array();
  };

  it('is a sum of the channels by weights in (−1, 1) that the seed alone decides', async () => {
    const [one, same, other] = [await map(), await map(0), await map(1)];
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
    const bounds = summed(activations(0), Math.abs);
    for (const drawn of [one, other]) expect(drawn.every((value, p) => Math.abs(value) < (bounds[p] ?? 0))).toBe(true);
    expect(Math.max(...one.map(Math.abs))).toBeGreaterThan(0);
  });
});

it('what reads no gradient explains networks that have none', async () => {
  const pooled = model({
    opset: 17,
    nodes: [
      { opType: 'Conv', inputs: ['picture', 'kernel'], outputs: ['features'], attributes: { kernel_shape: [1, 1] } },
      { opType: 'MaxRoiPool', inputs: ['features', 'whole'], outputs: ['pooled'], attributes: { pooled_shape: [1, 1] } },
      { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
      { opType: 'MatMul', inputs: ['flat', 'head'], outputs: ['scores'], attributes: {} },
    ],
    inputs: [{ name: 'picture', type: 'float32', dims: [1, 3, HEIGHT, WIDTH] }],
    outputs: ['scores'],
    initializers: new Map([
      ['kernel', { type: 'float32', dims: [CHANNELS, 3, 1, 1], data: kernel.flat() }],
      ['whole', { type: 'float32', dims: [1, 5], data: [0, 0, 0, WIDTH - 1, HEIGHT - 1] }],
      ['head', { type: 'float32', dims: [CHANNELS, CLASSES], data: turned(head).flat() }],
    ]),
  });
  const options = { layers: ['features'] };
  await expect(openExplainer(runtime, pooled, { ...options, methods: ['gradcam'] })).rejects.toMatchObject({
    code: 'unsupported-operator',
  });
  const explainer = await openExplainer(runtime, pooled, { ...options, methods: ['fem', 'eigencam', 'kpcacam', 'random'] });
  const [result] = await explainer.explain(tensorOf([0], 'NCHW'), [0, 1]);
  const a = activations(0).map((row, k) => row.map((value) => value - (offsets[k] ?? 0)));
  for (const explanation of result?.explanations ?? [])
    if (explanation.method === 'fem') expectMap(explanation.maps[0]?.data, expected['fem']?.(a, 0) ?? [], 'fem');
  expect(result?.explanations).toHaveLength(8);
  expect(result?.explanations.every(({ evidence }) => evidence)).toBe(true);
  await explainer.close();
});
