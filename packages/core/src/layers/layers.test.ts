import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../explain/plan.js';
import { readClassifier } from '../model/model.js';
import { network, smallNetwork } from '../testing/networks.js';
import { layersOf } from './listing.js';

const runtime = await nodeRuntime();
const choose = async (bytes: Uint8Array, choice: string) =>
  (await makePlan(runtime, await readClassifier(runtime, bytes), { layers: [choice] })).layers[0]?.name;

type Nodes = Parameters<typeof network>[0];
const conv = (input: string, weight: string, output: string, kernel = 3): Nodes[number] => ({
  opType: 'Conv',
  inputs: [input, weight],
  outputs: [output],
  attributes: { kernel_shape: [kernel, kernel] },
});
const relu = (input: string, output: string): Nodes[number] => ({ opType: 'Relu', inputs: [input], outputs: [output] });
const linear = (input: string): Nodes => [
  { opType: 'Flatten', inputs: [input], outputs: ['flat'], attributes: { axis: 1 } },
  { opType: 'Gemm', inputs: ['flat', 'head', 'bias'], outputs: ['scores'], attributes: { transB: 1 } },
];

/** VGG: the last map is flattened as it is. */
const vgg = network(
  [conv('picture', 'w1', 'conv1'), relu('conv1', 'relu1'), conv('relu1', 'w2', 'conv2'), relu('conv2', 'relu2'), ...linear('relu2')],
  ['scores'],
  {
    w1: [6, 3, 3, 3],
    w2: [4, 6, 3, 3],
    head: [5, 64],
    bias: [5],
  },
);

/** SqueezeNet: a convolution with one channel a class, then the pool. */
const squeezenet = network(
  [
    conv('picture', 'w1', 'conv1'),
    relu('conv1', 'fire'),
    { opType: 'Dropout', inputs: ['fire'], outputs: ['dropped'] },
    conv('dropped', 'w2', 'classes', 1),
    relu('classes', 'classes+'),
    { opType: 'GlobalAveragePool', inputs: ['classes+'], outputs: ['pooled'] },
    { opType: 'Flatten', inputs: ['pooled'], outputs: ['scores'], attributes: { axis: 1 } },
  ],
  ['scores'],
  { w1: [6, 3, 3, 3], w2: [5, 6, 1, 1] },
);

/** A pool that is as large as the map, before the head: one position is no map. */
const pooled = network(
  [
    conv('picture', 'w1', 'conv1'),
    relu('conv1', 'relu1'),
    { opType: 'AveragePool', inputs: ['relu1'], outputs: ['pool'], attributes: { kernel_shape: [6, 6] } },
    ...linear('pool'),
  ],
  ['scores'],
  { w1: [5, 3, 3, 3], head: [5, 5], bias: [5] },
);

/** A shape that nodes compute. */
const computed = network(
  [
    conv('picture', 'w1', 'conv1'),
    { opType: 'Shape', inputs: ['conv1'], outputs: ['shape'] },
    { opType: 'Reshape', inputs: ['conv1', 'shape'], outputs: ['reshaped'] },
    relu('reshaped', 'relu1'),
    { opType: 'GlobalAveragePool', inputs: ['relu1'], outputs: ['pool'] },
    ...linear('pool'),
  ],
  ['scores'],
  { w1: [6, 3, 3, 3], head: [5, 6], bias: [5] },
);

/** A vision transformer whose file leaves the picture's size open, though its position embeddings fix it: 2 × 2 patches of 224 × 224 pixels. */
const tokens = network(
  [
    { opType: 'Conv', inputs: ['picture', 'patches'], outputs: ['conv1'], attributes: { kernel_shape: [112, 112], strides: [112, 112] } },
    { opType: 'Constant', inputs: [], outputs: ['shape'], attributes: { value_ints: [0, 5, -1] } },
    { opType: 'Reshape', inputs: ['conv1', 'shape'], outputs: ['merged'] },
    { opType: 'Transpose', inputs: ['merged'], outputs: ['embedded'], attributes: { perm: [0, 2, 1] } },
    { opType: 'Add', inputs: ['embedded', 'positions'], outputs: ['positioned'] },
    { opType: 'ReduceMean', inputs: ['positioned'], outputs: ['pool'], attributes: { axes: [1], keepdims: 0 } },
    ...linear('pool'),
  ],
  ['scores'],
  { patches: [5, 3, 112, 112], positions: [1, 4, 5], head: [6, 5], bias: [6] },
  'side',
);

const flat = network([...linear('picture')], ['scores'], { head: [5, 192], bias: [5] });

describe('auto', () => {
  it.each([
    ['the map before a global pool', smallNetwork(), 'features'],
    ['the map that is flattened', vgg, 'relu2'],
    ['the map before a convolution to the classes, without its Dropout', squeezenet, 'fire'],
    ['the map before a pool to one position, though it has as many channels as classes', pooled, 'relu1'],
    ['a map whose shape nodes compute', computed, 'relu1'],
    ['tokens of a picture of any size, which meet embeddings of one size', tokens, 'positioned'],
  ])('takes %s', async (_, bytes, expected) => {
    expect(await choose(bytes, 'auto')).toBe(expected);
  });

  it('refuses a model without feature maps in words', async () => {
    await expect(choose(flat, 'auto')).rejects.toMatchObject({ code: 'no-layer', message: expect.stringContaining('no spatial layer') });
  });
});

describe('last-conv', () => {
  it.each([
    ['the last convolution', vgg, 'conv2'],
    ['no class map', squeezenet, 'conv1'],
  ])('takes %s', async (_, bytes, expected) => {
    expect(await choose(bytes, 'last-conv')).toBe(expected);
  });
});

describe('a named layer', () => {
  it('is taken as it is', async () => {
    expect(await choose(vgg, 'conv1')).toBe('conv1');
    expect(await choose(squeezenet, 'classes')).toBe('classes');
  });

  it('suggests the nearest where there is none', async () => {
    await expect(choose(vgg, 'rellu2')).rejects.toMatchObject({
      code: 'unknown-layer',
      message: expect.stringContaining("no layer named 'rellu2'; nearest: relu2"),
    });
  });

  it('says why a value is no layer', async () => {
    await expect(choose(vgg, 'flat')).rejects.toMatchObject({
      code: 'no-layer',
      message: expect.stringContaining("'flat' [batch, 64] cannot be explained"),
    });
  });
});

it('lists layers in order, with the default and the last convolution marked', async () => {
  const layers = await layersOf(runtime, await readClassifier(runtime, squeezenet));
  expect(layers.map(({ name }) => name)).toEqual(['conv1', 'fire', 'dropped', 'classes', 'classes+']);
  expect(layers.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(['fire']);
  expect(layers.filter(({ isLastConvolution }) => isLastConvolution).map(({ name }) => name)).toEqual(['conv1']);
  expect(layers[0]).toMatchObject({ operator: 'Conv', shape: ['batch', 6, 6, 6] });
});
