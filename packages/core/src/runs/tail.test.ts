import { nodeRuntime } from '@gradcam/node';
import { extract, Facts, readModel, tailOf } from 'onnx-grad';
import { describe, expect, test } from 'vitest';
import { openExplainer } from '../explain/open.js';
import type { Tensor } from '../runtime/runtime.js';
import { transformer, WIDTH, windowed } from '../testing/transformers.js';

const runtime = await nodeRuntime();
const CLASS = 2;

function pictureOf(height: number, width: number): Tensor {
  return { type: 'float32', dims: [1, 3, height, width], data: Float32Array.from({ length: 3 * height * width }, (_, at) => Math.sin(at)) };
}

/** Where the elements of a layer lie: `position` of the picture in rows of a grid, −1 for other tokens, and `channel`. */
type Locate = (at: number) => { readonly position: number; readonly channel: number };

/**
 * The score of each masked feature map, one run after another, of a model in which only the layer became an input: what else the rest of
 * the network needs is computed from the picture again.
 */
async function reference(bytes: Uint8Array, layer: string, picture: Tensor, count: number, keeps: (at: number, member: number) => boolean) {
  const graph = readModel(bytes);
  const facts = (value: string) => new Facts(graph).of(value);
  const open = (cut: readonly string[], output: string) =>
    runtime.open(
      extract(
        graph,
        tailOf(graph, cut, [output], () => false),
        { outputs: [output], facts },
      ),
    );
  const front = await open([], layer);
  const held = (await front.run({ picture }))[layer] as Tensor;
  await front.close();
  const tail = await open([layer], 'scores');
  const needsPicture = tail.inputs.some(({ name }) => name === 'picture');
  const scores: number[] = [];
  for (let member = 0; member < count; member++) {
    const data = Float32Array.from(held.data as Float32Array, (value, at) => (keeps(at, member) ? value : 0));
    const outputs = await tail.run({ [layer]: { ...held, data }, ...(needsPicture && { picture }) });
    scores.push(Number(outputs['scores']?.data[CLASS]));
  }
  await tail.close();
  return { held: Array.from(held.data, Number), scores };
}

/** Maps of a layer by both methods that run its tail, against the reference. Sums of other blocks round otherwise: 1e-4 of the largest. */
async function check(bytes: Uint8Array, layer: string, picture: Tensor, positions: number, locate: Locate): Promise<void> {
  const explainer = await openExplainer(runtime, bytes, { methods: ['ablationcam', 'reciprocam'], layers: [layer] });
  const { explanations } = await explainer.explainOne(picture, [CLASS]);
  await explainer.close();
  const [ablation = [], recipro = []] = explanations.map(({ maps }) => Array.from(maps[0]?.data ?? []));
  const alone = await reference(bytes, layer, picture, positions, (at, member) => [-1, member].includes(locate(at).position));
  expectClose(recipro, alone.scores);
  const { held, scores } = await reference(bytes, layer, picture, WIDTH + 1, (at, member) => {
    const { position, channel } = locate(at);
    return member === WIDTH || position === -1 || channel !== member;
  });
  const y = scores[WIDTH] ?? Number.NaN;
  const expected = new Array<number>(positions).fill(0);
  for (const [at, value] of held.entries()) {
    const { position, channel } = locate(at);
    if (position >= 0) expected[position] = (expected[position] ?? 0) + ((y - (scores[channel] ?? Number.NaN)) / y) * value;
  }
  expectClose(ablation, expected);
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  actual.forEach((value, at) => {
    expect(Math.abs(value - (expected[at] ?? Number.NaN))).toBeLessThanOrEqual(1e-4 * scale);
  });
}

/** Tokens [1, before + positions + after, WIDTH]. */
const tokens =
  (before: number, positions: number): Locate =>
  (at) => {
    const token = Math.floor(at / WIDTH) - before;
    return { position: token >= 0 && token < positions ? token : -1, channel: at % WIDTH };
  };

describe('the network behind a layer alone gives the scores of the whole, for', () => {
  test.each([
    ['a class token', {}],
    ['a batch of one', { batch: 1 }],
    ['registers behind the picture', { after: 2 }],
    ['no other tokens', { before: 0, reads: 'mean' }],
    ['heads folded into the batch', { folded: true }],
    ['sizes known only at run time', { open: true }],
  ] as const)('tokens with skip connections around the layer: %s', async (_, options) => {
    const { before = 1 } = { before: 1, ...options };
    await check(transformer(options), 'last.norm1', pictureOf(8, 8), 4, tokens(before, 4));
  });

  test('channels first, before tokens are made of them', async () => {
    await check(transformer(), 'patches', pictureOf(8, 8), 4, (at) => ({ position: at % 4, channel: Math.floor(at / 4) }));
  });

  test('channels last', async () => {
    await check(windowed(), 'last', pictureOf(16, 24), 24, tokens(0, 24));
  });

  test('windows folded into the batch, which are repeated for each mask', async () => {
    // [2 · 3 windows, 2 · 2 places, WIDTH] of a grid of 4 × 6.
    const locate: Locate = (at) => {
      const [window, place] = [Math.floor(at / (4 * WIDTH)), Math.floor(at / WIDTH) % 4];
      const row = Math.floor(window / 3) * 2 + Math.floor(place / 2);
      return { position: row * 6 + (window % 3) * 2 + (place % 2), channel: at % WIDTH };
    };
    await check(windowed(), 'windows', pictureOf(16, 24), 24, locate);
    await check(windowed({ batch: 1 }), 'windows', pictureOf(16, 24), 24, locate);
  });
});
