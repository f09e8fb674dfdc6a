import { nodeRuntime } from '@gradcam/node';
import { expect, it } from 'vitest';
import { GradcamError } from '../errors.js';
import { gradcam } from '../methods/gradcam.js';
import type { RunMethod } from '../methods/method.js';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD, network, smallNetwork } from '../testing/networks.js';
import { openEvaluator } from './evaluator.js';
import { metrics } from './index.js';
import { regionOfBoxes } from './region.js';

const runtime = await nodeRuntime();
const SIDE = 4;
const POSITIONS = SIDE * SIDE;

/** The first channel lights up at the top left, the second at the bottom right. */
const channels = [0, POSITIONS - 1].map((lit) => Float32Array.from({ length: POSITIONS }, (_, at) => (at === lit ? 8 : 0.5)));
const picture: Tensor = {
  type: 'float32',
  dims: [1, 3, SIDE, SIDE],
  data: Float32Array.from({ length: 3 * POSITIONS }, (_, at) => channels[Math.floor(at / POSITIONS)]?.[at % POSITIONS] ?? 1),
};

/** The class probability by the network's definition: softmax of HEAD · mean of the channels. */
function probability(data: Float32Array, index: number): number {
  const means = [0, 1].map(
    (channel) => data.slice(channel * POSITIONS, (channel + 1) * POSITIONS).reduce((sum, v) => sum + Math.max(v, 0), 0) / POSITIONS,
  );
  const powers = HEAD.map(([a, b]) => Math.exp(a * (means[0] ?? 0) + b * (means[1] ?? 0)));
  return (powers[index] ?? 0) / powers.reduce((sum, power) => sum + power, 0);
}

it('measures Grad-CAM of a network in closed form', async () => {
  const evaluator = await openEvaluator(runtime, smallNetwork(), {
    methods: ['gradcam'],
    metrics: ['average-drop', 'increase', 'complexity', 'deletion', 'pointing-game'],
    measuring: { steps: 2 },
  });
  const truth = { region: regionOfBoxes([[0, 0, 1, 1]], { width: SIDE, height: SIDE }) };
  const { class: predicted, judgements } = await evaluator.evaluate(picture, { class: 0, truth });
  expect(predicted.index).toBe(0);
  const [judgement] = judgements;
  const values = Object.fromEntries(judgement?.measurements.map(({ metric, value }) => [metric, value]) ?? []);
  // L = Σ HEAD[0][k] A_k / positions: largest at the top left, below 0 at the bottom right.
  const map = Array.from(channels[0] ?? [], (first, at) => Math.max(0, HEAD[0][0] * first + HEAD[0][1] * (channels[1]?.[at] ?? 0)));
  const most = Math.max(...map);
  const data = picture.data as Float32Array;
  const masked = data.map((value, at) => (value * (map[at % POSITIONS] ?? 0)) / most);
  const [y, lost] = [probability(data, 0), probability(masked, 0)];
  expect(values['average-drop']).toBeCloseTo(Math.max(0, y - lost) / y, 5);
  expect(values['increase']).toBe(lost > y ? 1 : 0);
  expect(values['complexity']).toBeCloseTo(map.reduce((sum, value) => sum + value, 0) / most / POSITIONS, 5);
  expect(values['pointing-game']).toBe(1);
  // Three points: x, without its upper half (the lit pixel first, then row by row those of equal relevance), and grey.
  const curve = judgement?.measurements.find(({ metric }) => metric === 'deletion')?.curve;
  const half = data.map((value, at) => (at % POSITIONS < POSITIONS / 2 ? 0 : value));
  const expected = [y, probability(half, 0), 1 / 3];
  expect(Array.from(curve?.shares ?? [])).toEqual([0, 0.5, 1]);
  for (const [at, score] of expected.entries()) expect(curve?.scores[at]).toBeCloseTo(score, 5);
  await evaluator.close();
});

it('no result depends on the batch, on the other metrics, or on the other methods', async () => {
  const options = { measuring: { samples: 20, steps: 5 } };
  const names = metrics.map(({ name }) => name);
  const truth = { region: regionOfBoxes([[0, 0, 2, 2]], { width: SIDE, height: SIDE }) };
  const results: Record<string, number | undefined>[] = [];
  for (const [batch, asked, methods] of [
    [1, names, ['gradcam', 'saliency']],
    [7, names.toReversed(), ['gradcam']],
  ] as const) {
    const evaluator = await openEvaluator(runtime, smallNetwork(), { methods, metrics: asked, measuring: { ...options.measuring, batch } });
    const { judgements } = await evaluator.evaluate(picture, { class: 0, truth });
    results.push(Object.fromEntries(judgements[0]?.measurements.map(({ metric, value }) => [metric, value]) ?? []));
    await evaluator.close();
  }
  const [one = {}, other = {}] = results;
  for (const name of names) expect(other[name], name).toBeCloseTo(one[name] ?? Number.NaN, 6);
});

it('says why there is no value, and stops when it is told to', async () => {
  const evaluator = await openEvaluator(runtime, smallNetwork());
  // Class 2 wants neither channel.
  const { judgements } = await evaluator.evaluate(picture, { class: 2 });
  for (const { value, reason } of judgements[0]?.measurements ?? []) {
    expect(value).toBeUndefined();
    expect(reason).toBe('nothing speaks for the class: the map is all zero');
  }
  await expect(evaluator.evaluate(picture, { class: 0 }, { signal: { aborted: true } })).rejects.toMatchObject({ code: 'aborted' });
  await expect(evaluator.evaluate(picture, { class: 9 })).rejects.toMatchObject({ code: 'unknown-class' });
  await evaluator.close();
});

it('refuses what is no classifier', async () => {
  const bytes = network(
    [{ opType: 'Conv', inputs: ['picture', 'kernel'], outputs: ['map'], attributes: { kernel_shape: [1, 1] } }],
    ['map'],
    { kernel: [3, 3, 1, 1] },
  );
  await expect(openEvaluator(runtime, bytes, { methods: ['saliency'] })).rejects.toMatchObject({
    code: 'unsupported-model',
    message: "metrics measure the probability of a class, but output 'map' of the model holds classes of pixels",
  });
});

it('a method that refuses an image does not keep the others from it', async () => {
  const refusing: RunMethod = {
    ...gradcam,
    kind: 'runs',
    name: 'refusing',
    run: () => Promise.reject(new GradcamError('not-measurable', 'not this one')),
  };
  const evaluator = await openEvaluator(runtime, smallNetwork(), { methods: [refusing, 'gradcam'], metrics: ['complexity', 'increase'] });
  const { class: predicted, judgements } = await evaluator.evaluate(picture, { class: 0 });
  expect(predicted.index).toBe(0);
  expect(judgements.map(({ method, explanation }) => [method, explanation?.method])).toEqual([
    ['refusing', undefined],
    ['gradcam', 'gradcam'],
  ]);
  expect(judgements[0]?.measurements).toEqual([
    { metric: 'complexity', value: undefined, reason: 'not this one' },
    { metric: 'increase', value: undefined, reason: 'not this one' },
  ]);
  expect(judgements[1]?.measurements[0]?.value).toBeGreaterThan(0);
  await evaluator.close();
});
