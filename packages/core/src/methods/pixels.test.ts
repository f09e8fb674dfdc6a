import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { model } from '../../../onnx-grad/src/testing/model.js';
import { exportExplained } from '../explain/export.js';
import { openExplainer } from '../explain/open.js';
import type { Tensor } from '../runtime/runtime.js';
import { smallNetwork } from '../testing/networks.js';

const runtime = await nodeRuntime();
const SIDE = 4;
const POSITIONS = SIDE * SIDE;
const WIDTHS = [3, 5, 4, 3] as const;

/** Weights [to, from] of three products, their signs mixed. */
const weights = [0, 1, 2].map((layer) =>
  Array.from({ length: WIDTHS[layer + 1] ?? 0 }, (_, to) =>
    Array.from({ length: WIDTHS[layer] ?? 0 }, (__, from) => Math.sin(1.7 * to + 2.3 * from + layer)),
  ),
);

/** A rectifier with its derivative, and what guided backpropagation passes on. */
interface Rectifier {
  readonly node: {
    readonly opType: string;
    readonly domain?: string;
    readonly attributes?: Readonly<Record<string, { float: number } | number>>;
  };
  readonly bounds: readonly string[];
  readonly value: (x: number) => number;
  readonly guided: (x: number, g: number) => number;
}

const rectifiers: Readonly<Record<string, Rectifier>> = {
  Relu: { node: { opType: 'Relu' }, bounds: [], value: (x) => Math.max(x, 0), guided: (x, g) => (x > 0 ? Math.max(g, 0) : 0) },
  ReLU6: {
    node: { opType: 'Clip' },
    bounds: ['zero', 'six'],
    value: (x) => Math.min(Math.max(x, 0), 6),
    guided: (x, g) => (x > 0 && x < 6 ? Math.max(g, 0) : 0),
  },
  // No ReLU: it keeps its derivative.
  LeakyRelu: {
    node: { opType: 'LeakyRelu', attributes: { alpha: { float: 0.1 } } },
    bounds: [],
    value: (x) => (x > 0 ? x : 0.1 * x),
    guided: (x, g) => (x > 0 ? g : 0.1 * g),
  },
  Clip: {
    node: { opType: 'Clip' },
    bounds: ['low', 'six'],
    value: (x) => Math.min(Math.max(x, -1), 6),
    guided: (x, g) => (x > -1 && x < 6 ? g : 0),
  },
};

/** picture [batch, 3, 4, 4] → 1×1 convolution → rectifier → 1×1 convolution → Relu `features` → global average → linear head. */
function stacked({ node, bounds }: Rectifier, fused = false): Uint8Array {
  const kernel = (layer: number) => {
    const rows = weights[layer] ?? [];
    return { type: 'float32' as const, dims: [rows.length, rows[0]?.length ?? 0, 1, 1], data: rows.flat() };
  };
  const scalar = (value: number) => ({ type: 'float32' as const, dims: [], data: [value] });
  const one = { attributes: { kernel_shape: [1, 1] } };
  const second = fused
    ? [
        {
          opType: 'FusedConv',
          domain: 'com.microsoft',
          inputs: ['hidden', 'second'],
          outputs: ['features'],
          attributes: { kernel_shape: [1, 1], activation: 'Relu' },
        },
      ]
    : [
        { opType: 'Conv', inputs: ['hidden', 'second'], outputs: ['sums'], ...one },
        { opType: 'Relu', inputs: ['sums'], outputs: ['features'] },
      ];
  return model({
    opset: 17,
    domains: { 'com.microsoft': 1 },
    nodes: [
      { opType: 'Conv', inputs: ['picture', 'first'], outputs: ['conv'], ...one },
      { ...node, inputs: ['conv', ...bounds], outputs: ['hidden'] },
      ...second,
      { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'] },
      { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
      { opType: 'Gemm', inputs: ['flat', 'head'], outputs: ['scores'], attributes: { transB: 1 } },
    ],
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, SIDE, SIDE] }],
    outputs: ['scores'],
    initializers: new Map([
      ['first', kernel(0)],
      ['second', kernel(1)],
      ['head', { type: 'float32' as const, dims: [3, 4], data: weights[2]?.flat() ?? [] }],
      ['zero', scalar(0)],
      ['low', scalar(-1)],
      ['six', scalar(6)],
    ]),
  });
}

const data = Float32Array.from({ length: 3 * POSITIONS }, (_, index) => 4 * Math.sin(index * 0.7));
const picture: Tensor = { type: 'float32', dims: [1, 3, SIDE, SIDE], data };

const times = (matrix: readonly (readonly number[])[], vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, weight, at) => sum + weight * (vector[at] ?? 0), 0));
const transposed = (matrix: readonly (readonly number[])[]) => (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? 0));

/** Backwards by hand at one position: the cotangent of each of the three colours. */
function backwards(position: number, index: number, rectifier: Rectifier, relu: Rectifier['guided'], other: Rectifier['guided']): number[] {
  const x = [0, 1, 2].map((channel) => data[channel * POSITIONS + position] ?? 0);
  const [first = [], second = [], head = []] = weights;
  const conv = times(first, x);
  const sums = times(second, conv.map(rectifier.value));
  const arriving = (head[index] ?? []).map((weight) => weight / POSITIONS);
  const behind = times(
    transposed(second),
    arriving.map((g, at) => relu(sums[at] ?? 0, g)),
  );
  return times(
    transposed(first),
    behind.map((g, at) => other(conv[at] ?? 0, g)),
  );
}

const { Relu } = rectifiers as { readonly Relu: Rectifier };
const plain: Rectifier['guided'] = (x, g) => (x > 0 ? g : 0);

function expectNear(actual: ArrayLike<number> | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(actual?.[at]).toBeCloseTo(value, 5);
}

const overPositions = (value: (position: number) => number) => Array.from({ length: POSITIONS }, (_, position) => value(position));
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

describe('gradient × input', () => {
  it('is the share of each pixel in the score of a network of straight pieces, for and against', async () => {
    const explainer = await openExplainer(runtime, stacked(Relu), { methods: ['gradientxinput'] });
    for (const index of [0, 1, 2]) {
      const { explanations } = await explainer.explainOne(picture, [index]);
      const expected = overPositions((position) =>
        backwards(position, index, Relu, plain, plain).reduce(
          (sum, g, channel) => sum + g * (data[channel * POSITIONS + position] ?? 0),
          0,
        ),
      );
      expectNear(explanations[0]?.maps[0]?.data, expected);
      // Without biases the shares make up the score (the network is homogeneous).
      const total = expected.reduce((sum, value) => sum + value, 0);
      expect(explanations[0]?.score).toBeCloseTo(total, 4);
      expect(Math.min(...expected)).toBeLessThan(0);
      const most = Math.max(...expected, 0) || 1;
      expectNear(
        explanations[0]?.heatmap.data,
        expected.map((value) => Math.max(value, 0) / most),
      );
    }
    await explainer.close();
  });
});

describe('guided backpropagation', () => {
  it.each(Object.entries(rectifiers))('through %s', async (_, rectifier) => {
    const explainer = await openExplainer(runtime, stacked(rectifier), { methods: ['guidedbackprop', 'saliency'] });
    const { explanations } = await explainer.explainOne(picture, [0, 1, 2]);
    for (const index of [0, 1, 2]) {
      const expected = overPositions((position) => largest(backwards(position, index, rectifier, Relu.guided, rectifier.guided)));
      expect(Math.max(...expected)).toBeGreaterThan(0.01);
      expectNear(explanations[2 * index]?.maps[0]?.data, expected);
      // The true gradient is another one, and stays what it is beside it.
      expect(largest(expected.map((value, at) => value - (explanations[2 * index + 1]?.maps[0]?.data[at] ?? 0)))).toBeGreaterThan(1e-3);
    }
    if (rectifier === Relu)
      expectNear(
        explanations[1]?.maps[0]?.data,
        overPositions((position) => largest(backwards(position, 0, Relu, plain, plain))),
      );
    await explainer.close();
  });

  it('through a ReLU that is fused into a convolution', async () => {
    const explainer = await openExplainer(runtime, stacked(Relu, true), { methods: ['guidedbackprop'] });
    const { explanations } = await explainer.explainOne(picture, [1]);
    expectNear(
      explanations[0]?.maps[0]?.data,
      overPositions((position) => largest(backwards(position, 1, Relu, Relu.guided, Relu.guided))),
    );
    await explainer.close();
  });

  it('refuses a network without any ReLU', async () => {
    const bare = model({
      opset: 17,
      nodes: [
        { opType: 'Conv', inputs: ['picture', 'kernel'], outputs: ['conv'], attributes: { kernel_shape: [1, 1] } },
        { opType: 'Tanh', inputs: ['conv'], outputs: ['features'] },
        { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'] },
        { opType: 'Flatten', inputs: ['pooled'], outputs: ['scores'], attributes: { axis: 1 } },
      ],
      inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, SIDE, SIDE] }],
      outputs: ['scores'],
      initializers: new Map([['kernel', { type: 'float32' as const, dims: [2, 3, 1, 1], data: [1, 2, 3, 4, 5, 6] }]]),
    });
    await expect(openExplainer(runtime, bare, { methods: ['guidedbackprop'] })).rejects.toMatchObject({
      code: 'unsupported-model',
      message:
        'guided backpropagation changes the gradient of ReLUs, but the model has none (Relu, or Clip from 0 on); use saliency or integrated gradients',
    });
  });
});

describe('guided Grad-CAM', () => {
  it('is guided backpropagation where the heatmap of Grad-CAM is, in an exported model, too', async () => {
    const explainer = await openExplainer(runtime, stacked(Relu), { methods: ['guidedgradcam', 'guidedbackprop', 'gradcam'] });
    const { explanations } = await explainer.explainOne(picture, [0, 2]);
    const exported = await exportExplained(runtime, stacked(Relu), { methods: ['guidedgradcam'], classInput: true });
    const session = await runtime.open(exported.bytes);
    for (const [row, index] of [0, 2].entries()) {
      const [guided, details, where] = explanations.slice(3 * row, 3 * row + 3);
      expect([guided?.method, details?.method, where?.method]).toEqual(['guidedgradcam', 'guidedbackprop', 'gradcam']);
      expect(where?.evidence).toBe(true);
      const expected = overPositions((position) => (details?.maps[0]?.data[position] ?? 0) * (where?.heatmap.data[position] ?? 0));
      expectNear(guided?.maps[0]?.data, expected);
      const outputs = await session.run({ picture, class: { type: 'int64', dims: [1], data: BigInt64Array.of(BigInt(index)) } });
      expectNear(outputs['heatmap']?.data as Float32Array, [...(guided?.heatmap.data ?? [])]);
    }
    await session.close();
    await explainer.close();
  });

  it('takes the layer that is named', async () => {
    const explainer = await openExplainer(runtime, smallNetwork(), {
      methods: ['guidedgradcam', 'gradcam', 'guidedbackprop'],
      layers: ['conv'],
    });
    const { explanations } = await explainer.explainOne(picture, [0]);
    const [guided, where, details] = explanations;
    expect(where?.layers).toEqual(['conv']);
    expectNear(
      guided?.maps[0]?.data,
      overPositions((position) => (details?.maps[0]?.data[position] ?? 0) * (where?.heatmap.data[position] ?? 0)),
    );
    await explainer.close();
  });
});
