import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import type { Runtime, SessionOptions, Tensor } from '../runtime/runtime.js';
import { HEAD, network, type SmallNetwork, smallNetwork } from '../testing/networks.js';
import { quantizedNetwork } from '../testing/quantized.js';
import { factorize } from './factorize.js';

const runtime = await nodeRuntime();
const SIDE = 4;
const POSITIONS = SIDE * SIDE;

/** One picture: each channel by its lit positions; the third is noise that the network ignores. */
function picture(first: Readonly<Record<number, number>>, second: Readonly<Record<number, number>>): Tensor {
  const data = Float32Array.from({ length: 3 * POSITIONS }, (_, index) => {
    const position = index % POSITIONS;
    return [first[position] ?? 0, second[position] ?? 0, Math.sin(position)][Math.floor(index / POSITIONS)] ?? 0;
  });
  return { type: 'float32', dims: [1, 3, SIDE, SIDE], data };
}

/** The features are the first two channels, so the concepts are known: red at 0 and 1, green at the other end. */
const red = { 0: 4, 1: 2 };
const green = { 14: 1, 15: 2 };
const map = (lit: Readonly<Record<number, number>>, strongest: number) =>
  Float32Array.from({ length: POSITIONS }, (_, position) => (lit[position] ?? 0) / strongest);

const channelsLast = ({ type, dims, data }: Tensor): Tensor => {
  const turned = Float32Array.from({ length: data.length }, (_, index) => Number(data[(index % 3) * POSITIONS + Math.floor(index / 3)]));
  return { type, dims: [1, SIDE, SIDE, dims[1] ?? 0], data: turned };
};

describe('concepts of a network whose channels are known', () => {
  const forms: SmallNetwork[] = [
    {},
    { opset: 9 },
    { layout: 'NHWC' },
    { batch: 1 },
    { side: 'side' },
    { end: 'Softmax' },
    { end: 'Sigmoid' },
  ];
  it.each(forms)('%o', async (form) => {
    const image = form.layout === 'NHWC' ? channelsLast(picture(red, green)) : picture(red, green);
    const { layer, concepts, images, error, clipped, scoredBy } = await factorize(runtime, smallNetwork(form), [image], { concepts: 2 });
    expect([layer, scoredBy, clipped]).toEqual(['features', 'head', 0]);
    expect(error).toBeLessThan(1e-6);
    // Red first: 4² + 2² of 25.
    expect(concepts.map(({ share }) => share)).toEqual([expect.closeTo(20 / 25, 6), expect.closeTo(5 / 25, 6)]);
    expect(concepts.map(({ vector }) => [...vector].map((value) => Math.round(1e5 * value) / 1e5))).toEqual([
      [4, 0],
      [0, 2],
    ]);
    for (const [index, expected] of [map(red, 4), map(green, 2)].entries()) {
      expect(images[0]?.maps[index]).toMatchObject({ width: SIDE, height: SIDE });
      for (const [position, value] of expected.entries()) expect(images[0]?.maps[index]?.data[position]).toBeCloseTo(value, 5);
    }
    // The head of a picture that is v all over: HEAD · v.
    for (const [index, vector] of [
      [4, 0],
      [0, 2],
    ].entries()) {
      const logits = HEAD.map(([a, b]) => a * (vector[0] ?? 0) + b * (vector[1] ?? 0));
      const powers = logits.map(Math.exp);
      const sum = powers.reduce((one, other) => one + other);
      const expected = logits.map((score, which) => ({
        index: which,
        score: expect.closeTo(score, 4),
        probability: expect.closeTo(form.end === 'Sigmoid' ? 1 / (1 + Math.exp(-score)) : (powers[which] ?? 0) / sum, 5),
      }));
      expect([...(concepts[index]?.classes ?? [])].sort((one, other) => one.index - other.index)).toEqual(expected);
    }
    expect(concepts.map(({ classes }) => classes[0]?.index)).toEqual([0, 1]);
  });

  it('are shared by several pictures', async () => {
    const { concepts, images } = await factorize(runtime, smallNetwork(), [picture(red, {}), picture({ 5: 8 }, green)], { concepts: 2 });
    expect(concepts.map(({ vector }) => [...vector].map(Math.round))).toEqual([
      [8, 0],
      [0, 2],
    ]);
    const strengths = images.map(({ maps }) => maps.map(({ data }) => Math.round(1000 * Math.max(...data)) / 1000));
    // The first picture has red at half the strength of the second, and no green.
    expect(strengths).toEqual([
      [0.5, 0],
      [1, 1],
    ]);
    // Means 6/16 of red through the head.
    expect(images[0]?.predictions[0]?.index).toBe(0);
  });

  it('are no more than there are, and what is negative counts as 0', async () => {
    const image = picture({ 0: 3, 9: -4 }, {});
    const { layer, concepts, clipped } = await factorize(runtime, smallNetwork(), [image], { concepts: 2, layer: 'conv' });
    expect([layer, concepts.length, clipped]).toEqual(['conv', 1, expect.closeTo(16 / 25, 6)]);
  });

  it('are scored by gradients where something goes around the layer, and then add up to what the layer adds', async () => {
    const around = network(
      [
        { opType: 'Relu', inputs: ['picture'], outputs: ['features'] },
        { opType: 'Add', inputs: ['features', 'picture'], outputs: ['sum'] },
        { opType: 'GlobalAveragePool', inputs: ['sum'], outputs: ['pooled'] },
        { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
        { opType: 'Gemm', inputs: ['flat', 'head'], outputs: ['scores'], attributes: { transB: 1 } },
      ],
      ['scores'],
      { head: [7, 3] },
      SIDE,
    );
    const image = picture(red, green);
    const { concepts, scoredBy, images } = await factorize(runtime, around, [image], { concepts: 3, layer: 'features' });
    expect(scoredBy).toBe('gradient');
    // The weights of `network`: sin(index + 4). The layer adds Σ weight · mean of the rectified channel to the logit.
    const means = [0, 1, 2].map((channel) => {
      const values = Array.from(image.data.subarray(channel * POSITIONS, (channel + 1) * POSITIONS), Number);
      return values.reduce((sum, value) => sum + Math.max(0, value), 0) / POSITIONS;
    });
    const asked = images[0]?.predictions.slice(0, 5).map(({ index }) => index) ?? [];
    for (const { classes } of concepts) expect(classes.map(({ index }) => index).sort()).toEqual([...asked].sort());
    for (const index of asked) {
      const added = concepts.reduce((sum, { classes }) => sum + (classes.find((one) => one.index === index)?.score ?? Number.NaN), 0);
      const expected = means.reduce((sum, mean, channel) => sum + Math.sin(3 * index + channel + 4) * mean, 0);
      expect(added).toBeCloseTo(expected, 3);
    }
    expect(concepts[0]?.classes[0]?.probability).toBeUndefined();
  });
});

it('a network without a score for each class has concepts, too', async () => {
  const segmentation = network(
    [
      { opType: 'Relu', inputs: ['picture'], outputs: ['features'] },
      { opType: 'Conv', inputs: ['features', 'kernel'], outputs: ['map'], attributes: { kernel_shape: [1, 1] } },
    ],
    ['map'],
    { kernel: [5, 3, 1, 1] },
    SIDE,
  );
  const { concepts, images, scoredBy } = await factorize(runtime, segmentation, [picture(red, green)], { concepts: 2, layer: 'features' });
  expect([concepts.length, concepts[0]?.classes, images[0]?.predictions, scoredBy]).toEqual([2, [], [], 'nothing']);
});

it('unpacks weights that are stored as integers in every session, that of the head, too', async () => {
  const asked: (SessionOptions | undefined)[] = [];
  const observed: Runtime = {
    name: runtime.name,
    open: (model, options) => {
      asked.push(options);
      return runtime.open(model, options);
    },
  };
  const { scoredBy } = await factorize(observed, quantizedNetwork('weights'), [picture(red, green)], { concepts: 2 });
  expect(scoredBy).toBe('head');
  // What reads the model looks at it as it stands.
  expect(asked.slice(-2).map((options) => options?.unpack)).toEqual([true, true]);
});

describe('what cannot be factorised', () => {
  const image = picture(red, green);
  it.each([0, 3, 1.5])('%s concepts of two channels', async (concepts) => {
    await expect(factorize(runtime, smallNetwork(), [image], { concepts })).rejects.toMatchObject({
      code: 'limit',
      message: `expected 1 to 2 concepts, as many as layer 'features' has channels or positions, but ${concepts} were asked for`,
    });
  });

  it('a layer without anything positive', async () => {
    await expect(factorize(runtime, smallNetwork(), [picture({}, { 3: -1 })], { concepts: 1 })).rejects.toMatchObject({
      code: 'no-layer',
      message: "layer 'features' is positive nowhere, so that it has no concepts; choose another layer",
    });
  });

  it('numbers that are not finite', async () => {
    await expect(factorize(runtime, smallNetwork(), [picture({ 0: Number.POSITIVE_INFINITY }, {})], { concepts: 1 })).rejects.toMatchObject(
      {
        code: 'invalid-tensor',
      },
    );
  });

  it('no pictures, several in one tensor, a model of a fixed batch', async () => {
    await expect(factorize(runtime, smallNetwork(), [])).rejects.toMatchObject({ code: 'invalid-tensor' });
    const two: Tensor = { type: 'float32', dims: [2, 3, SIDE, SIDE], data: new Float32Array(6 * POSITIONS) };
    await expect(factorize(runtime, smallNetwork(), [two])).rejects.toMatchObject({ code: 'invalid-tensor' });
    await expect(factorize(runtime, smallNetwork({ batch: 2 }), [image])).rejects.toMatchObject({ code: 'unsupported-model' });
  });

  it('what was stopped', async () => {
    const signal = { aborted: false };
    const progress = (done: number) => {
      signal.aborted = done === 1;
    };
    await expect(factorize(runtime, smallNetwork(), [image, image], { concepts: 1, signal, progress })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
