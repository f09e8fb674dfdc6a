import { nodeRuntime } from '@gradcam/node';
import { expect, it } from 'vitest';
import { model } from '../../../onnx-grad/src/testing/model.js';
import { exportExplained } from '../explain/export.js';
import { openExplainer } from '../explain/open.js';
import { resizeMap } from '../picture/resize-map.js';
import type { Tensor } from '../runtime/runtime.js';

/**
 * picture [batch, 3, 6, 6] → 1×1 convolution of stride 2 with bias → batch norm → ReLU → global average → 1×1 convolution with bias, of one position → Flatten: the scores. Expected
 * values are worked out here in float64; the resizing is the picture's own, which has tests of its own.
 */
const runtime = await nodeRuntime();
const [SIDE, SMALL, COLOURS, CHANNELS, CLASSES] = [6, 3, 3, 4, 2];
const wave = (count: number, phase: number) => Array.from({ length: count }, (_, index) => Math.sin(index * index + phase));
const kernel = wave(CHANNELS * COLOURS, 1);
const bias = wave(CHANNELS, 2);
const [scale, shift, mean] = [wave(CHANNELS, 3), wave(CHANNELS, 4), wave(CHANNELS, 5)];
const variance = wave(CHANNELS, 6).map((value) => value ** 2 + 0.1);
const EPSILON = 1e-3;
/** Indices of the picture's channels. */
const colours = [0, 1, 2];
const head = wave(CLASSES * CHANNELS, 7);

function network(opset: number, layout: 'NCHW' | 'NHWC'): Uint8Array {
  const vector = (data: readonly number[]) => ({ type: 'float32' as const, dims: [data.length], data });
  const x = layout === 'NCHW' ? 'picture' : 'turned';
  return model({
    opset,
    nodes: [
      ...(layout === 'NHWC' ? [{ opType: 'Transpose', inputs: ['picture'], outputs: ['turned'], attributes: { perm: [0, 3, 1, 2] } }] : []),
      { opType: 'Conv', inputs: [x, 'kernel', 'bias'], outputs: ['conv'], attributes: { kernel_shape: [1, 1], strides: [2, 2] } },
      {
        opType: 'BatchNormalization',
        inputs: ['conv', 'scale', 'shift', 'mean', 'variance'],
        outputs: ['norm'],
        attributes: { epsilon: { float: EPSILON } },
      },
      { opType: 'Relu', inputs: ['norm'], outputs: ['features'], attributes: {} },
      { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'], attributes: {} },
      { opType: 'Conv', inputs: ['pooled', 'head', 'last'], outputs: ['classes'], attributes: { kernel_shape: [1, 1] } },
      { opType: 'Flatten', inputs: ['classes'], outputs: ['scores'], attributes: { axis: 1 } },
    ],
    inputs: [
      { name: 'picture', type: 'float32', dims: layout === 'NCHW' ? ['batch', COLOURS, SIDE, SIDE] : ['batch', SIDE, SIDE, COLOURS] },
    ],
    outputs: ['scores'],
    initializers: new Map([
      ['kernel', { type: 'float32' as const, dims: [CHANNELS, COLOURS, 1, 1], data: kernel }],
      ['head', { type: 'float32' as const, dims: [CLASSES, CHANNELS, 1, 1], data: head }],
      ['last', vector([0.3, -0.4])],
      ...Object.entries({ bias, scale, shift, mean, variance }).map(([name, data]) => [name, vector(data)] as const),
    ]),
  });
}

const picture = (image: number) => wave(COLOURS * SIDE * SIDE, 8 + image).map((value) => 3 * value);

/** n(v), channel by channel, summed. */
function normalised(channels: readonly (readonly number[])[]): number[] {
  const scaled = channels.map((v) => v.map((value) => (value - Math.min(...v)) / (1e-7 + Math.max(...v) - Math.min(...v))));
  return (channels[0] ?? []).map((_, at) => scaled.reduce((sum, v) => sum + (v[at] ?? 0), 0));
}

function expected(image: number, index: number): number[] {
  const x = picture(image);
  const at = (channel: number, y: number, z: number) => channel * SIDE * SIDE + y * SIDE + z;
  const places = Array.from({ length: SMALL * SMALL }, (_, p) => [Math.floor(p / SMALL), p % SMALL] as const);
  const channels = Array.from({ length: CHANNELS }, (_, k) => {
    const factor = (scale[k] ?? 0) / Math.sqrt((variance[k] ?? 0) + EPSILON);
    const conv = places.map(([y, z]) =>
      colours.reduce((sum, c) => sum + (kernel[COLOURS * k + c] ?? 0) * (x[at(c, 2 * y, 2 * z)] ?? 0), bias[k] ?? 0),
    );
    const norm = conv.map((value) => (value - (mean[k] ?? 0)) * factor + (shift[k] ?? 0));
    const atNorm = norm.map((value) => (value > 0 ? (head[index * CHANNELS + k] ?? 0) / (SMALL * SMALL) : 0));
    return { atNorm, atConv: atNorm.map((g) => g * factor), biasOfNorm: (shift[k] ?? 0) - (mean[k] ?? 0) * factor };
  });
  const atPicture = new Array<number>(x.length).fill(0);
  for (const [p, [y, z]] of places.entries())
    for (const c of colours)
      atPicture[at(c, 2 * y, 2 * z)] = channels.reduce((sum, { atConv }, k) => sum + (kernel[COLOURS * k + c] ?? 0) * (atConv[p] ?? 0), 0);
  const products = x.map((value, where) => Math.abs(value * (atPicture[where] ?? 0)));
  const input = normalised(colours.map((c) => products.slice(c * SIDE * SIDE, (c + 1) * SIDE * SIDE)));
  const small = [
    normalised(channels.map(({ atConv }, k) => atConv.map((g) => Math.abs(g * (bias[k] ?? 0))))),
    normalised(channels.map(({ atNorm, biasOfNorm }) => atNorm.map((g) => Math.abs(g * biasOfNorm)))),
  ];
  const large = small.map((data) => resizeMap({ width: SMALL, height: SMALL, data: Float32Array.from(data) }, SIDE, SIDE).data);
  return input.map((value, where) => large.reduce((sum, map) => sum + (map[where] ?? 0), value));
}

function tensorOf(images: readonly number[], layout: 'NCHW' | 'NHWC'): Tensor {
  const turn = (x: readonly number[]) =>
    Array.from({ length: x.length }, (_, index) => x[(index % COLOURS) * SIDE * SIDE + Math.floor(index / COLOURS)] ?? 0);
  const data = images.flatMap((image) => (layout === 'NCHW' ? picture(image) : turn(picture(image))));
  return {
    type: 'float32',
    dims: [images.length, ...(layout === 'NCHW' ? [COLOURS, SIDE, SIDE] : [SIDE, SIDE, COLOURS])],
    data: Float32Array.from(data),
  };
}

function expectMap(actual: ArrayLike<number> | undefined, wanted: readonly number[]): void {
  const difference = wanted.map((value, at) => value - (actual?.[at] ?? Number.NaN));
  expect(Math.hypot(...difference) / Math.hypot(...wanted)).toBeLessThan(1e-5);
}

it.each([
  [7, 'NCHW'],
  [9, 'NCHW'],
  [11, 'NCHW'],
  [13, 'NCHW'],
  [17, 'NHWC'],
] as const)('is the sum over the picture and every bias with positions: operator set %i, %s', async (opset, layout) => {
  const explainer = await openExplainer(runtime, network(opset, layout), { methods: ['fullgrad'] });
  expect(explainer.explained.sharesRows).toBe(true);
  const results = [
    ...(await explainer.explain(tensorOf([0, 1], layout), [0, 1])),
    ...(await explainer.explain(tensorOf([1], layout), [1, 0])),
  ];
  for (const [which, { explanations }] of results.entries())
    for (const { class: wanted, maps } of explanations) expectMap(maps[0]?.data, expected(Math.min(which, 1), wanted.index));
  expect(results).toHaveLength(3);
  await explainer.close();
});

it('is exported', async () => {
  const { bytes, heatmap } = await exportExplained(runtime, network(17, 'NCHW'), { methods: ['fullgrad'], class: 1 });
  const session = await runtime.open(bytes);
  const data = (await session.run({ picture: tensorOf([0], 'NCHW') }, [heatmap]))[heatmap]?.data;
  const map = expected(0, 1);
  expectMap(
    data as Float32Array,
    map.map((value) => value / Math.max(...map)),
  );
  await session.close();
});
