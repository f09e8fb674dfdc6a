import { nodeRuntime } from '@gradcam/node';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD, type SmallNetwork, smallNetwork } from '../testing/networks.js';
import { QUANTIZED_FORMS, quantizedNetwork } from '../testing/quantized.js';
import { openChannels } from './open.js';
import { channelOf, contributionOf, contributionShares, rankChannels, sumOfContributions, voicesAt } from './parts.js';

const runtime = await nodeRuntime();
const SIDE = 4;
const POSITIONS = SIDE * SIDE;

/** Whole multiples of 1/8, which quantised networks keep: channel 0 lights up at the top left, channel 1 at the bottom right. */
const data = new Float32Array(3 * POSITIONS);
data.set([4, 2, 0, 0, 0, -16]);
data[2 * POSITIONS - 1] = 15.875;
const picture: Tensor = { type: 'float32', dims: [1, 3, SIDE, SIDE], data };

/** A of a channel: the picture's channel behind a ReLU. */
const feature = (channel: number) => data.slice(channel * POSITIONS, (channel + 1) * POSITIONS).map((value) => Math.max(value, 0));

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual).toHaveLength(expected.length);
  Array.from(expected).forEach((value, index) => {
    expect(actual[index]).toBeCloseTo(value, 5);
  });
}

const turned: Tensor = {
  ...picture,
  dims: [1, SIDE, SIDE, 3],
  data: data.map((_, index) => data[(index % 3) * POSITIONS + Math.floor(index / 3)] ?? 0),
};

const forms: SmallNetwork[] = [{}, { opset: 7 }, { layout: 'NHWC' }, { batch: 1 }, { side: 'side' }, { end: 'Softmax' }];
const networks: [string, Uint8Array, Tensor][] = [
  ...forms.map((form): [string, Uint8Array, Tensor] => [
    JSON.stringify(form),
    smallNetwork(form),
    form.layout === 'NHWC' ? turned : picture,
  ]),
  ...QUANTIZED_FORMS.map((form): [string, Uint8Array, Tensor] => [form, quantizedNetwork(form), picture]),
];

// dy_c/dA_k = HEAD[c][k] / positions everywhere (see `smallNetwork`).
describe.each(networks)('the channels of a network known in closed form: %s', (name, bytes, input) => {
  it.each([0, 1, 2])('class %i', async (index) => {
    const explainer = await openChannels(runtime, bytes);
    const parts = await explainer.explain(input, index);
    const weights = (HEAD[index] ?? []).map((weight) => weight / POSITIONS);
    expect([explainer.layer, explainer.classes, parts.layer, parts.class]).toEqual(['features', 3, 'features', index]);
    expectNear(parts.weights, weights);
    expect(parts.activations).toMatchObject({ channels: 2, width: SIDE, height: SIDE });
    expect(parts.gradients).toMatchObject({ channels: 2, width: SIDE, height: SIDE });
    for (const [channel, weight] of weights.entries()) {
      expectNear(channelOf(parts.activations, channel).data, feature(channel));
      expectNear(channelOf(parts.gradients, channel).data, new Array<number>(POSITIONS).fill(weight));
      expectNear(
        contributionOf(parts, channel).data,
        feature(channel).map((value) => value * weight),
      );
    }
    expectNear(parts.map.data, sumOfContributions(parts, [0, 1]).data);
    // The head without a bias on the mean of A: y = Σ L. Quantised networks round the mean.
    const sum = parts.map.data.reduce((all, value) => all + value, 0);
    if (!QUANTIZED_FORMS.some((form) => form === name)) expect(parts.score).toBeCloseTo(sum, 4);
    await explainer.close();
  });

  it('of the most probable class', async () => {
    const explainer = await openChannels(runtime, bytes);
    const means = [0, 1].map((channel) => feature(channel).reduce((sum, value) => sum + value, 0) / POSITIONS);
    const logits = HEAD.map(([first, second]) => first * (means[0] ?? 0) + second * (means[1] ?? 0));
    expect((await explainer.explain(input)).class).toBe(logits.indexOf(Math.max(...logits)));
    await explainer.close();
  });
});

describe('taking parts apart', () => {
  // Three channels of two positions; the second speaks against, the third not at all.
  const volume = (data: readonly number[]) => ({ channels: 3, width: 2, height: 1, data: Float32Array.from(data) });
  const parts = {
    layer: 'features',
    class: 0,
    score: 1,
    weights: Float32Array.of(0.5, -2, 0),
    activations: volume([2, 6, 1, 0, 9, 9]),
    gradients: volume([0.5, 0.5, -2, -2, 0, 0]),
    map: { width: 2, height: 1, data: Float32Array.of(-1, 3) },
  };

  it('shares what is said', () => {
    // |0.5|·8 and |−2|·1, of 6.
    expectNear(contributionShares(parts), [4 / 6, 2 / 6, 0]);
    expect([...contributionShares({ ...parts, weights: new Float32Array(3) })]).toEqual([0, 0, 0]);
  });

  it('ranks by size, whatever the sign', () => {
    expect(rankChannels(parts.weights)).toEqual([1, 0, 2]);
    expect(rankChannels([0, 0, -1])).toEqual([2, 0, 1]);
  });

  it('hears who speaks at a position', () => {
    expect(voicesAt(parts, 0)).toEqual([
      { channel: 1, value: -2 },
      { channel: 0, value: 1 },
      { channel: 2, value: 0 },
    ]);
    expect(voicesAt(parts, 1).reduce((sum, { value }) => sum + value, 0)).toBe(parts.map.data[1]);
  });

  it('sums some of the channels', () => {
    expect([...sumOfContributions(parts, [0]).data]).toEqual([1, 3]);
    expect([...sumOfContributions(parts, []).data]).toEqual([0, 0]);
    expect([...sumOfContributions(parts, rankChannels(parts.weights)).data]).toEqual([...parts.map.data]);
  });
});

describe('options', () => {
  it('a named layer, before the ReLU', async () => {
    const explainer = await openChannels(runtime, smallNetwork(), { layer: 'conv' });
    const { activations, gradients } = await explainer.explain(picture, 0);
    expect(activations.data[5]).toBe(-16);
    expect(gradients.data[5]).toBe(0);
    await explainer.close();
  });

  it('what speaks against a class has the negated weights', async () => {
    const explainer = await openChannels(runtime, smallNetwork(), { counterfactual: true });
    const { weights } = await explainer.explain(picture, 1);
    expectNear(weights, [1 / POSITIONS, -3 / POSITIONS]);
    await explainer.close();
  });

  it.each([
    [
      'a class that is not there',
      () => openChannels(runtime, smallNetwork()).then((channels) => channels.explain(picture, 3)),
      'unknown-class',
    ],
    [
      'two pictures at once',
      () =>
        openChannels(runtime, smallNetwork()).then((channels) =>
          channels.explain({ type: 'float32', dims: [2, 3, SIDE, SIDE], data: new Float32Array(6 * POSITIONS) }),
        ),
      'invalid-tensor',
    ],
    ['a batch fixed at several', () => openChannels(runtime, smallNetwork({ batch: 2 })), 'unsupported-model'],
    ['a layer that is not there', () => openChannels(runtime, smallNetwork(), { layer: 'feature' }), 'unknown-layer'],
  ])('refuses %s', async (_, ask, code) => {
    await expect(ask()).rejects.toMatchObject({ code });
  });
});
