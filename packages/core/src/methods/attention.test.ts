import { nodeRuntime } from '@gradcam/node';
import { type Constant, type Graph, readModel } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import { model } from '../../../onnx-grad/src/testing/model.js';
import { exportExplained } from '../explain/export.js';
import { openExplainer } from '../explain/open.js';
import type { Tensor } from '../runtime/runtime.js';
import { smallNetwork } from '../testing/networks.js';
import { type Transformer, transformer, unfolded, WIDTH, windowed } from '../testing/transformers.js';

const runtime = await nodeRuntime();
const HEADS = 2;
const SIZE = WIDTH / HEADS;
const PATCH = 4;
const BLOCKS = ['first', 'last'] as const;

type Matrix = number[][];

const map = (matrix: Matrix, value: (x: number, row: number, column: number) => number): Matrix =>
  matrix.map((row, r) => row.map((x, c) => value(x, r, c)));
const plus = (one: Matrix, other: Matrix) => map(one, (x, r, c) => x + (other[r]?.[c] ?? 0));
const product = (one: Matrix, other: Matrix): Matrix =>
  one.map((row) => (other[0] ?? []).map((_, c) => row.reduce((sum, x, k) => sum + x * (other[k]?.[c] ?? 0), 0)));
const turned = (matrix: Matrix): Matrix => (matrix[0] ?? []).map((_, c) => matrix.map((row) => row[c] ?? 0));

/** The transformers of `testing/transformers.ts` in float64, written from their definition; attention weights may be given instead of computed. */
class Reference {
  readonly #graph: Graph;
  readonly #form: Required<Pick<Transformer, 'height' | 'width' | 'before' | 'after' | 'reads'>>;

  constructor(bytes: Uint8Array, form: Transformer) {
    this.#graph = readModel(bytes);
    this.#form = { height: 8, width: 8, before: 1, after: 0, reads: 'class', ...form };
  }

  /** @param given of each block and head @returns the scores, and the attention weights of each block and head */
  run(pixels: Float32Array, given?: readonly (readonly Matrix[])[]): { scores: number[]; attention: Matrix[][] } {
    const { before, after, reads } = this.#form;
    const patches = this.#patches(pixels);
    const beside = (name: string, count: number) => (count === 0 ? [] : this.#rows(name, WIDTH));
    let x = plus([...beside('class', before), ...patches, ...beside('registers', after)], this.#rows('positions', WIDTH));
    const attention: Matrix[][] = [];
    for (const [block, name] of BLOCKS.entries()) {
      const qkv = this.#linear(this.#norm(x, `${name}.norm1`), `${name}.attention.qkv`, 3 * WIDTH);
      const part = (which: number, head: number) =>
        qkv.map((row) => row.slice(which * WIDTH + head * SIZE, which * WIDTH + (head + 1) * SIZE));
      const heads = Array.from({ length: HEADS }, (_, head) => softmax(product(part(0, head), turned(part(1, head)))));
      attention.push(heads);
      const mixed = heads.map((weights, head) => product(given?.[block]?.[head] ?? weights, part(2, head)));
      const joined = qkv.map((_, token) => mixed.flatMap((one) => one[token] ?? []));
      x = plus(x, this.#linear(joined, `${name}.attention.projected`, WIDTH));
      const hidden = map(this.#linear(this.#norm(x, `${name}.norm2`), `${name}.hidden`, 2 * WIDTH), Math.tanh);
      x = plus(x, this.#linear(hidden, `${name}.mlp`, WIDTH));
    }
    const last = this.#norm(x, 'norm');
    const own = last.slice(before, last.length - after);
    const features =
      reads === 'class' ? (last[0] ?? []) : (own[0] ?? []).map((_, c) => own.reduce((sum, row) => sum + (row[c] ?? 0), 0) / own.length);
    const bias = this.#numbers('bias');
    const scores = this.#rows('head', WIDTH).map((row, at) => row.reduce((sum, w, c) => sum + w * (features[c] ?? 0), bias[at] ?? 0));
    return { scores, attention };
  }

  #numbers(name: string): readonly number[] {
    const { data } = this.#graph.constant(name) ?? {};
    if (data === undefined) throw new Error(`no weight ${name}`);
    return data;
  }

  #rows(name: string, width: number): Matrix {
    const data = this.#numbers(name);
    return Array.from({ length: data.length / width }, (_, row) => data.slice(row * width, (row + 1) * width));
  }

  #patches(pixels: Float32Array): Matrix {
    const { height, width } = this.#form;
    const kernel = this.#rows('kernel', 3 * PATCH * PATCH);
    const patches: Matrix = [];
    for (let top = 0; top < height; top += PATCH)
      for (let left = 0; left < width; left += PATCH)
        patches.push(
          kernel.map((filter) =>
            filter.reduce((sum, weight, at) => {
              const [channel, y, x] = [Math.floor(at / PATCH ** 2), Math.floor(at / PATCH) % PATCH, at % PATCH];
              return sum + weight * (pixels[(channel * height + top + y) * width + left + x] ?? 0);
            }, 0),
          ),
        );
    return patches;
  }

  #linear(x: Matrix, name: string, to: number): Matrix {
    const bias = this.#numbers(`${name}.bias`);
    return map(product(x, this.#rows(`${name}.weight`, to)), (value, _, c) => value + (bias[c] ?? 0));
  }

  #norm(x: Matrix, name: string): Matrix {
    const [weight, bias] = [this.#numbers(`${name}.weight`), this.#numbers(`${name}.bias`)];
    return x.map((row) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
      return row.map((value, c) => ((value - mean) / Math.sqrt(variance + 1e-5)) * (weight[c] ?? 0) + (bias[c] ?? 0));
    });
  }
}

function softmax(x: Matrix): Matrix {
  return x.map((row) => {
    const powers = row.map((value) => Math.exp(value - Math.max(...row)));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  });
}

/** Central differences of a score by every attention weight: [block][head][query][key]. */
function gradients(reference: Reference, pixels: Float32Array, index: number): Matrix[][] {
  const { attention } = reference.run(pixels);
  const step = 1e-5;
  return attention.map((heads, block) =>
    heads.map((matrix, head) =>
      map(matrix, (_, query, key) => {
        const moved = (by: number) => {
          const given = attention.map((others, b) =>
            others.map((other, h) =>
              b === block && h === head ? map(other, (x, r, c) => (r === query && c === key ? x + by : x)) : other,
            ),
          );
          // Blocks behind the changed one compute their own weights again.
          const free = given
            .map((weights, b) => (b <= block ? weights : undefined))
            .flatMap((weights) => (weights === undefined ? [] : [weights]));
          return reference.run(pixels, free).scores[index] ?? Number.NaN;
        };
        return (moved(step) - moved(-step)) / (2 * step);
      }),
    ),
  );
}

const pixelsOf = (height = 8, width = 8) =>
  Float32Array.from({ length: 3 * height * width }, (_, at) => Math.sin(at * 0.37) + 0.3 * Math.cos(at * 0.011));
const tensorOf = (height = 8, width = 8): Tensor => ({ type: 'float32', dims: [1, 3, height, width], data: pixelsOf(height, width) });

function expectNear(actual: ArrayLike<number> | undefined, expected: readonly number[], digits: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(actual?.[at]).toBeCloseTo(value, digits);
}

const forms: Transformer[] = [
  {},
  { height: 8, width: 12 },
  { before: 2, after: 1 },
  { before: 0, reads: 'mean' },
  { before: 1, after: 2, reads: 'mean' },
  { folded: true, before: 2 },
];

describe('attention rollout', () => {
  it.each(forms)('multiplies ½Ā + ½I of all blocks: %o', async (form) => {
    const { height = 8, width = 8, before = 1, after = 0, reads = 'class' } = form;
    const bytes = transformer(form);
    const { attention } = new Reference(bytes, form).run(pixelsOf(height, width));
    // Whole matrices, row-normalised, as the paper writes them.
    const flow = attention
      .map((heads) => {
        const mean = map(heads[0] ?? [], (_, r, c) => heads.reduce((sum, head) => sum + (head[r]?.[c] ?? 0), 0) / heads.length);
        const half = map(mean, (x, r, c) => 0.5 * x + (r === c ? 0.5 : 0));
        return half.map((row) => row.map((x) => x / row.reduce((sum, value) => sum + value, 0)));
      })
      .reduce((below, block) => product(block, below));
    const tokens = flow.length;
    const own = flow.slice(before, tokens - after);
    const row =
      reads === 'class' ? (flow[0] ?? []) : (own[0] ?? []).map((_, c) => own.reduce((sum, line) => sum + (line[c] ?? 0), 0) / own.length);
    const explainer = await openExplainer(runtime, bytes, { methods: ['rollout'] });
    const { explanations } = await explainer.explainOne(tensorOf(height, width), [0, 2]);
    for (const { maps, layers } of explanations) {
      expect([maps[0]?.height, maps[0]?.width]).toEqual([height / PATCH, width / PATCH]);
      expectNear(maps[0]?.data, row.slice(before, tokens - after), 6);
      expect(layers).toEqual(['last.attention.weights']);
    }
    await explainer.close();
  });

  it('explains each image of a batch', async () => {
    const explainer = await openExplainer(runtime, transformer({ folded: true }), { methods: ['rollout', 'legrad'] });
    const data = Float32Array.from([...pixelsOf(), ...pixelsOf().map((value) => -value)]);
    const together = await explainer.explain({ type: 'float32', dims: [2, 3, 8, 8], data });
    const { explanations } = await explainer.explainOne({ ...tensorOf(), data: data.slice(data.length / 2) });
    for (const which of [0, 1])
      expectNear(together[1]?.explanations[which]?.maps[0]?.data, [...(explanations[which]?.maps[0]?.data ?? [])], 6);
    await explainer.close();
  });
});

describe('attention rollout in an exported model', () => {
  it('has a row for each class that is asked for, all alike', async () => {
    const { bytes, classInput = '' } = await exportExplained(runtime, transformer(), { methods: ['rollout'], classInput: true });
    const session = await runtime.open(bytes);
    const classes: Tensor = { type: 'int64', dims: [3], data: BigInt64Array.of(0n, 3n, -1n) };
    const outputs = await session.run({ picture: tensorOf(), [classInput]: classes });
    expect(outputs['heatmap']?.dims).toEqual([3, 8, 8]);
    const data = [...((outputs['heatmap']?.data ?? []) as Float32Array)];
    const explainer = await openExplainer(runtime, transformer(), { methods: ['rollout'] });
    const { explanations } = await explainer.explainOne(tensorOf());
    for (const row of [0, 1, 2]) expectNear(explanations[0]?.heatmap.data, data.slice(row * 64, (row + 1) * 64), 5);
    await session.close();
    await explainer.close();
  });
});

describe('LeGrad', () => {
  it.each(forms)('sums the positive gradients of the score by the attention of all blocks: %o', async (form) => {
    const { height = 8, width = 8, before = 1, after = 0 } = form;
    const bytes = transformer(form);
    const reference = new Reference(bytes, form);
    const explainer = await openExplainer(runtime, bytes, { methods: ['legrad'] });
    const { explanations } = await explainer.explainOne(tensorOf(height, width), [0, 3]);
    const exported = await exportExplained(runtime, bytes, { methods: ['legrad'], class: 3 });
    const columns = gradients(reference, pixelsOf(height, width), 3).reduce<number[]>((sum, heads) => {
      const tokens = heads[0]?.length ?? 0;
      return Array.from({ length: tokens }, (_, key) => {
        const positive = heads.flatMap((matrix) => matrix.map((line) => Math.max(line[key] ?? 0, 0)));
        return (sum[key] ?? 0) + positive.reduce((total, value) => total + value, 0) / positive.length;
      });
    }, []);
    const patches = columns.slice(before, columns.length - after);
    const low = Math.min(...patches);
    const expected = patches.map((value) => value - low);
    const { maps = [], heatmap } = explanations[1] ?? {};
    // Float32 against float64, relative to the largest number: the smallest of several equal gradients is taken off all.
    const most = Math.max(...expected);
    expectNear(
      maps[0]?.data.map((value) => value / most),
      expected.map((value) => value / most),
      3,
    );
    expect(Math.max(...(heatmap?.data ?? []))).toBeCloseTo(1, 6);
    const session = await runtime.open(exported.bytes);
    const outputs = await session.run({ picture: tensorOf(height, width) });
    expectNear(outputs['heatmap']?.data as Float32Array, [...(heatmap?.data ?? [])], 5);
    await session.close();
    await explainer.close();
  });
});

describe('models without attention over the whole picture', () => {
  const weight = (...dims: number[]) => {
    const count = dims.reduce((product, size) => product * size, 1);
    return { type: 'float32' as const, dims, data: Array.from({ length: count }, (_, at) => Math.sin(at)) };
  };
  const hidden = model({
    opset: 17,
    domains: { 'com.microsoft': 1 },
    nodes: [
      { opType: 'Conv', inputs: ['picture', 'kernel'], outputs: ['patches'], attributes: { kernel_shape: [4, 4], strides: [4, 4] } },
      { opType: 'Reshape', inputs: ['patches', 'tokens'], outputs: ['flat'] },
      { opType: 'Transpose', inputs: ['flat'], outputs: ['sequence'], attributes: { perm: [0, 2, 1] } },
      {
        opType: 'MultiHeadAttention',
        domain: 'com.microsoft',
        inputs: ['sequence', 'sequence', 'sequence'],
        outputs: ['attended'],
        attributes: { num_heads: 2 },
      },
      { opType: 'ReduceMean', inputs: ['attended'], outputs: ['pooled'], attributes: { axes: [1], keepdims: 0 } },
      { opType: 'Gemm', inputs: ['pooled', 'head'], outputs: ['scores'], attributes: { transB: 1 } },
    ],
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, 8, 8] }],
    outputs: ['scores'],
    initializers: new Map<string, Constant>([
      ['kernel', weight(6, 3, 4, 4)],
      ['head', weight(3, 6)],
      ['tokens', { type: 'int64', dims: [3], data: [0, 6, -1] }],
    ]),
  });

  it.each([
    ['a convolutional network', smallNetwork(), 'the model has none: no Softmax between tokens of the picture'],
    [
      'windows',
      windowed(),
      'its tokens attend to a part of the picture alone (windows, or places of patches), so that no row of them holds all of it',
    ],
    [
      'places of patches',
      unfolded(),
      'its tokens attend to a part of the picture alone (windows, or places of patches), so that no row of them holds all of it',
    ],
    ['an operator that hides it', hidden, "operator MultiHeadAttention (node '"],
  ])('%s', async (_, bytes, why) => {
    for (const method of ['rollout', 'legrad'])
      await expect(openExplainer(runtime, bytes, { methods: [method] })).rejects.toMatchObject({
        code: 'unsupported-model',
        message: expect.stringContaining(`the method needs the attention weights of a vision transformer, but ${why}`),
      });
  });
});
