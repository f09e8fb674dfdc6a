import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { model } from '../../../onnx-grad/src/testing/model.js';
import { methods as all } from '../methods/index.js';
import { randomFrom } from '../runs/random.js';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD, smallNetwork } from '../testing/networks.js';
import { openExplainer } from './open.js';
import type { Smoothing } from './smoothing.js';

const runtime = await nodeRuntime();
const SIDE = 8;
const LENGTH = 3 * SIDE * SIDE;

const weight = (name: string, ...dims: number[]) => {
  const data = Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) => Math.sin(index + name.length));
  return [name, { type: 'float32' as const, dims, data }] as const;
};

/** A network that sees left and right differently, and whose biases make 0.9 · x more than a fainter x. */
const sided = (batch: number | string = 'batch', layout: 'NCHW' | 'NHWC' = 'NCHW') => {
  const nhwc = layout === 'NHWC';
  return model({
    opset: 17,
    nodes: [
      ...(nhwc ? [{ opType: 'Transpose', inputs: ['picture'], outputs: ['turned'], attributes: { perm: [0, 3, 1, 2] } }] : []),
      {
        opType: 'Conv',
        inputs: [nhwc ? 'turned' : 'picture', 'kernel', 'offsets'],
        outputs: ['conv'],
        attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      },
      { opType: 'Relu', inputs: ['conv'], outputs: ['features'] },
      { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'] },
      { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
      { opType: 'Gemm', inputs: ['flat', 'head', 'bias'], outputs: ['scores'], attributes: { transB: 1 } },
    ],
    inputs: [{ name: 'picture', type: 'float32', dims: nhwc ? [batch, SIDE, SIDE, 3] : [batch, 3, SIDE, SIDE] }],
    outputs: ['scores'],
    initializers: new Map([weight('kernel', 6, 3, 2, 2), weight('offsets', 6), weight('head', 4, 6), weight('bias', 4)]),
  });
};

const numbers = (image = 0) => Float32Array.from({ length: LENGTH }, (_, index) => Math.sin(index * 0.7 + image));
const tensor = (...images: Float32Array[]): Tensor => ({
  type: 'float32',
  dims: [images.length, 3, SIDE, SIDE],
  data: Float32Array.from(images.flatMap((image) => [...image])),
});

/** Rows from right to left. */
function mirrored(data: ArrayLike<number>, width: number): number[] {
  const rows = Array.from({ length: data.length / width }, (_, row) =>
    Array.from({ length: width }, (__, x) => data[row * width + x] ?? 0),
  );
  return rows.flatMap((row) => row.reverse());
}

function meanOf(maps: readonly (readonly number[])[]): number[] {
  return (maps[0] ?? []).map((_, at) => maps.reduce((sum, map) => sum + (map[at] ?? 0), 0) / maps.length);
}

function expectNear(actual: ArrayLike<number> | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(actual?.[at]).toBeCloseTo(value, 5);
}

/** The six views, explained one by one: heatmaps and maps turned back. */
async function views(index: number, options: { readonly compat?: 'pytorch-grad-cam' } = {}) {
  const explainer = await openExplainer(runtime, sided(), options);
  const seen: { heatmap: number[]; map: number[] }[] = [];
  for (const turned of [false, true])
    for (const factor of [0.9, 1, 1.1]) {
      const data = Array.from(numbers(), (value) => value * factor);
      const { explanations } = await explainer.explainOne(tensor(Float32Array.from(turned ? mirrored(data, SIDE) : data)), [index]);
      const [heatmap, map] = [explanations[0]?.heatmap.data ?? [], explanations[0]?.maps[0]?.data ?? []];
      seen.push(turned ? { heatmap: mirrored(heatmap, SIDE), map: mirrored(map, SIDE / 2) } : { heatmap: [...heatmap], map: [...map] });
    }
  await explainer.close();
  return seen;
}

describe("smoothing 'aug'", () => {
  it('averages the heatmaps of the picture and its mirror image at 0.9, 1 and 1.1 times their numbers', async () => {
    const smooth = ['aug'] as const;
    const explainer = await openExplainer(runtime, sided(), { smooth });
    const plain = await openExplainer(runtime, sided());
    for (const index of [0, 3]) {
      const seen = await views(index);
      const mean = meanOf(seen.map(({ heatmap }) => heatmap));
      const { explanations } = await explainer.explainOne(tensor(numbers()), [index]);
      const most = Math.max(...mean);
      expect(most).toBeLessThan(0.999);
      expectNear(
        explanations[0]?.heatmap.data,
        mean.map((value) => value / most),
      );
      expectNear(explanations[0]?.maps[0]?.data, meanOf(seen.map(({ map }) => map)));
      // Class and score are those of the picture itself.
      const original = (await plain.explainOne(tensor(numbers()), [index])).explanations[0];
      expect(explanations[0]?.score).toBe(original?.score);
      expect(explanations[0]?.class.probability).toBe(original?.class.probability);
    }
    await plain.close();
    await explainer.close();
  });

  it('leaves the mean as it is with compat, as pytorch-grad-cam does', async () => {
    const compat = 'pytorch-grad-cam';
    const explainer = await openExplainer(runtime, sided(), { smooth: ['aug'], compat });
    const { explanations } = await explainer.explainOne(tensor(numbers()), [0]);
    expectNear(explanations[0]?.heatmap.data, meanOf((await views(0, { compat })).map(({ heatmap }) => heatmap)));
    await explainer.close();
  });

  it('gives the same for classes and images together or apart, in any batch, and for a model that fixes its batch', async () => {
    const one = await openExplainer(runtime, sided(), { smooth: ['aug'] });
    const apart: number[][] = [];
    for (const image of [0, 1])
      for (const index of [2, 0])
        apart.push([...((await one.explainOne(tensor(numbers(image)), [index])).explanations[0]?.heatmap.data ?? [])]);
    await one.close();
    for (const [bytes, batch] of [
      [sided(), 1],
      [sided(), 4],
      [sided(1), 8],
    ] as const) {
      const explainer = await openExplainer(runtime, bytes, { smooth: ['aug'], batch });
      const together = await explainer.explain(tensor(numbers(0), numbers(1)), [2, 0]);
      const found = together.flatMap(({ explanations }) => explanations.map(({ heatmap }) => heatmap.data));
      expect(found).toHaveLength(4);
      for (const [at, data] of found.entries()) expectNear(data, apart[at] ?? []);
      await explainer.close();
    }
  });

  it('mirrors pictures with channels last', async () => {
    const last = Float32Array.from({ length: LENGTH }, (_, at) => numbers()[(at % 3) * SIDE * SIDE + Math.floor(at / 3)] ?? 0);
    const [first, second] = await Promise.all([
      openExplainer(runtime, sided(), { smooth: ['aug'] }),
      openExplainer(runtime, sided('batch', 'NHWC'), { smooth: ['aug'] }),
    ]);
    const { explanations } = await first.explainOne(tensor(numbers()), [1]);
    const other = await second.explainOne({ type: 'float32', dims: [1, SIDE, SIDE, 3], data: last }, [1]);
    expectNear(other.explanations[0]?.heatmap.data, [...(explanations[0]?.heatmap.data ?? [])]);
    await Promise.all([first.close(), second.close()]);
  });
});

describe("smoothing 'noise'", () => {
  it('averages the maps of noisy copies, the noise a share of the range of the numbers', async () => {
    const settings = { samples: 5, noise: 0.3, seed: 7 };
    const explainer = await openExplainer(runtime, sided(), { smooth: ['noise'], ...settings });
    const { explanations } = await explainer.explainOne(tensor(numbers()), [1]);
    const plain = await openExplainer(runtime, sided());
    const random = randomFrom(settings.seed);
    const sigma = settings.noise * (Math.max(...numbers()) - Math.min(...numbers()));
    const maps: number[][] = [];
    for (let sample = 0; sample < settings.samples; sample++) {
      const copy = numbers().map((value) => value + sigma * random.normal());
      maps.push([...((await plain.explainOne(tensor(copy), [1])).explanations[0]?.maps[0]?.data ?? [])]);
    }
    expectNear(explanations[0]?.maps[0]?.data, meanOf(maps));
    expect(Math.max(...(explanations[0]?.heatmap.data ?? []))).toBeCloseTo(1, 6);
    const unmoved = await openExplainer(runtime, sided(), { smooth: ['noise'], ...settings, noise: 0 });
    expectNear((await unmoved.explainOne(tensor(numbers()), [1])).explanations[0]?.heatmap.data, [
      ...((await plain.explainOne(tensor(numbers()), [1])).explanations[0]?.heatmap.data ?? []),
    ]);
    for (const opened of [unmoved, plain, explainer]) await opened.close();
  });

  it('depends on the seed alone', async () => {
    const mapOf = async (seed: number, batch: number) => {
      const explainer = await openExplainer(runtime, sided(), { smooth: ['noise', 'aug'], samples: 3, seed, batch });
      const [, result] = await explainer.explain(tensor(numbers(0), numbers(1)), [1]);
      await explainer.close();
      return [...(result?.explanations[0]?.maps[0]?.data ?? [])];
    };
    const [first, again, other] = [await mapOf(1, 8), await mapOf(1, 5), await mapOf(2, 8)];
    expectNear(again, first);
    expect(Math.max(...other.map((value, at) => Math.abs(value - (first[at] ?? 0))))).toBeGreaterThan(1e-3);
  });

  it('tells how far it is, and stops', async () => {
    const explainer = await openExplainer(runtime, sided(), { smooth: ['noise'], samples: 5, batch: 2 });
    const seen: number[][] = [];
    const signal = { aborted: false };
    await explainer.explainOne(tensor(numbers()), [], { progress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([
      [2, 5],
      [4, 5],
      [5, 5],
    ]);
    const stopping = explainer.explainOne(tensor(numbers()), [], {
      signal,
      progress: () => {
        signal.aborted = true;
      },
    });
    await expect(stopping).rejects.toMatchObject({ code: 'aborted' });
    await explainer.close();
  });
});

describe("smoothing 'eigen'", () => {
  it('takes the first principal component of the terms, the sign by their sum', async () => {
    // Terms of Grad-CAM on a network whose answer is known: Mₖ = HEAD[c][k] / 16 · Aₖ, two channels.
    const data = Float32Array.from({ length: 48 }, (_, at) => Math.sin(at * 1.3) + 0.4);
    const explainer = await openExplainer(runtime, smallNetwork(), { smooth: ['eigen'] });
    for (const index of [0, 1, 2]) {
      const { explanations } = await explainer.explainOne({ type: 'float32', dims: [1, 3, 4, 4], data }, [index]);
      const terms = [0, 1].map((channel) =>
        Array.from(data.subarray(channel * 16, channel * 16 + 16), (x) => ((HEAD[index]?.[channel] ?? 0) / 16) * Math.max(x, 0)),
      );
      const [first = [], second = []] = terms.map((term) => {
        const mean = term.reduce((sum, value) => sum + value, 0) / 16;
        return term.map((value) => value - mean);
      });
      const dot = (one: readonly number[], other: readonly number[]) => one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
      // The largest eigenvector of the 2 × 2 matrix of covariances lies at half the angle atan2(2b, a − c).
      const angle = Math.atan2(2 * dot(first, second), dot(first, first) - dot(second, second)) / 2;
      const component = first.map((value, at) => value * Math.cos(angle) + (second[at] ?? 0) * Math.sin(angle));
      const sum = first.map((value, at) => value + (second[at] ?? 0));
      const sign = Math.sign(dot(component, sum));
      expectNear(
        explanations[0]?.maps[0]?.data,
        component.map((value) => value * sign),
      );
    }
    await explainer.close();
  });

  it('goes with copies', async () => {
    const explainer = await openExplainer(runtime, sided(), { smooth: ['eigen', 'aug'], methods: ['hirescam'] });
    const { explanations } = await explainer.explainOne(tensor(numbers()), [0]);
    expect(Math.max(...(explanations[0]?.heatmap.data ?? []))).toBeCloseTo(1, 6);
    await explainer.close();
  });
});

describe('what is not smoothed', () => {
  it.each([
    ['saliency', 'eigen', "the map of method 'saliency' is no such sum"],
    ['eigencam', 'eigen', "the map of method 'eigencam' is no such sum"],
    ['gradcam', 'blur', "there is no smoothing named 'blur'"],
  ])('%s by %s', async (method, smoothing, message) => {
    const opening = openExplainer(runtime, smallNetwork(), { methods: [method], smooth: [smoothing as Smoothing] });
    await expect(opening).rejects.toMatchObject({ code: 'unknown-method', message: expect.stringContaining(message) });
  });

  it('by no copies at all', async () => {
    const opening = openExplainer(runtime, smallNetwork(), { smooth: ['noise'], samples: 0 });
    await expect(opening).rejects.toMatchObject({ code: 'invalid-setting' });
  });

  it('methods that run the network many times', async () => {
    const many = all.find(({ kind }) => kind === 'runs') ?? {
      ...(all[0] as (typeof all)[number]),
      kind: 'runs' as const,
      run: () => Promise.reject(new Error('never run')),
    };
    const opening = openExplainer(runtime, smallNetwork(), { methods: [many], smooth: ['aug'] });
    await expect(opening).rejects.toMatchObject({
      code: 'unknown-method',
      message: expect.stringContaining('runs the network many times itself'),
    });
  });
});
