import { nodeRuntime } from '@gradcam/node';
import { readModel } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../runs/random.js';
import type { Tensor } from '../runtime/runtime.js';
import { network } from '../testing/networks.js';
import { randomizeParameters } from './randomization.js';
import { shuffle, weightedLayers } from './weights.js';

const runtime = await nodeRuntime();
const SIDE = 16;

/** Three convolutions and a head, whose weights are waves. */
const bytes = network(
  [
    { opType: 'Conv', inputs: ['picture', 'one'], outputs: ['a'], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
    { opType: 'Relu', inputs: ['a'], outputs: ['b'] },
    { opType: 'Conv', inputs: ['b', 'second'], outputs: ['c'], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
    { opType: 'Relu', inputs: ['c'], outputs: ['features'] },
    { opType: 'GlobalAveragePool', inputs: ['features'], outputs: ['pooled'] },
    { opType: 'Flatten', inputs: ['pooled'], outputs: ['flat'], attributes: { axis: 1 } },
    { opType: 'Gemm', inputs: ['flat', 'head', 'bias'], outputs: ['scores'], attributes: { transB: 1 } },
  ],
  ['scores'],
  { one: [8, 3, 3, 3], second: [16, 8, 3, 3], head: [5, 16], bias: [5] },
  SIDE,
);

const picture = (seed: number): Tensor => {
  const { normal } = randomFrom(seed);
  return { type: 'float32', dims: [1, 3, SIDE, SIDE], data: Float32Array.from({ length: 3 * SIDE * SIDE }, normal) };
};
const pictures = [1, 2, 3, 4].map((seed) => ({ input: picture(seed) }));

describe('weights', () => {
  it('are found from the scores down, biases with their layer', () => {
    const layers = weightedLayers(readModel(bytes), 'scores');
    expect(layers.map(({ operator, weights }) => [operator, weights.map(({ bytes: { length } }) => length / 4)])).toEqual([
      ['Gemm', [80, 5]],
      ['Conv', [1152]],
      ['Conv', [216]],
    ]);
  });

  it('are shuffled where they lie: the same numbers in another order, and every order as often', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5);
    const elements = { type: 'float32', size: 4, bytes: new Uint8Array(data.buffer) } as const;
    const random = randomFrom(0);
    shuffle(elements, random);
    expect(Array.from(data).sort()).toEqual([1, 2, 3, 4, 5]);
    const first = new Map<number, number>();
    for (let turn = 0; turn < 5000; turn++) {
      shuffle(elements, random);
      first.set(data[0] ?? 0, (first.get(data[0] ?? 0) ?? 0) + 1);
    }
    // A thousand each; five standard deviations are 140.
    for (const count of first.values()) expect(Math.abs(count - 1000)).toBeLessThan(140);
  });
});

describe('randomisation', () => {
  it('Grad-CAM follows the weights; a map of the picture alone does not, and fails', async () => {
    const edges = {
      kind: 'graph',
      name: 'edges',
      title: 'Edges',
      aliases: [],
      summary: 'brightness of the picture, whatever the network says',
      source: 'none',
      of: 'input',
      cost: 'one pass',
      gradient: false,
      map: ({ b, activations }) => b.mean(b.abs(activations), [1], false),
    } satisfies import('../methods/method.js').GraphMethod;
    const before = bytes.slice();
    const { depths, methods } = await randomizeParameters(runtime, bytes, pictures, { methods: ['gradcam', edges] });
    expect(bytes).toEqual(before);
    expect(depths.map(({ operator, randomized }) => [operator, randomized])).toEqual([
      ['Gemm', 1],
      ['Conv', 2],
      ['Conv', 3],
    ]);
    const [gradcam, constant] = methods;
    expect(constant?.correlations.map(({ mean }) => mean)).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9), expect.closeTo(1, 9)]);
    expect(constant?.passes).toBe(false);
    expect(constant?.verdict).toMatch(/^fails: the map is much the same \(rank correlation 1\.00\)/);
    expect(gradcam?.correlations.at(-1)?.mean).toBeLessThan(0.7);
    expect(gradcam?.correlations.at(-1)?.count).toBe(4);
  });

  it('is the same again for the same seed; fewer depths end at all layers, too', async () => {
    const options = { depths: 1, seed: 4 };
    const one = await randomizeParameters(runtime, bytes, pictures, options);
    expect(one.depths.map(({ randomized }) => randomized)).toEqual([3]);
    expect(await randomizeParameters(runtime, bytes, pictures, options)).toEqual(one);
  });

  it('stops when it is told to, and says what it cannot compare', async () => {
    const stopped = randomizeParameters(runtime, bytes, pictures, {}, { signal: { aborted: true } });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    const dark = { input: { ...picture(1), data: new Float32Array(3 * SIDE * SIDE) } };
    const { methods } = await randomizeParameters(runtime, bytes, [dark]);
    expect(methods[0]).toEqual({
      method: 'gradcam',
      correlations: [],
      passes: undefined,
      verdict: 'not measurable: no picture has a map to compare with',
    });
  });
});
