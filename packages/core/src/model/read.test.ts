import { nodeRuntime } from '@gradcam/node';
import { inline, readModel } from 'onnx-grad';
import { describe, expect, it } from 'vitest';
import { model } from '../../../onnx-grad/src/testing/model.js';
import { call, choose, LOCAL, localFunction } from '../../../onnx-grad/src/testing/subgraphs.js';
import { exportExplained } from '../explain/export.js';
import { openGradient } from '../explain/gradient.js';
import { openExplainer } from '../explain/open.js';
import { layersOf } from '../layers/listing.js';
import type { Tensor } from '../runtime/runtime.js';
import { HEAD } from '../testing/networks.js';
import { readClassifier } from './model.js';

const runtime = await nodeRuntime();
const picture: Tensor = {
  type: 'float32',
  dims: [1, 3, 4, 4],
  data: Float32Array.from({ length: 48 }, (_, index) => Math.sin(index * 0.7)),
};

const node = (opType: string, inputs: readonly string[], output: string, attributes = {}) => ({
  opType,
  inputs,
  outputs: [output],
  attributes,
});

/**
 * picture → convolution → SiLU → global average → head, written flat or as exporters may: the SiLU as a function of the model, and
 * the average squeezed by an If that asks whether an axis, whose size only a runtime infers, has size 1.
 */
function network(flat: boolean): Uint8Array {
  const silu = [node('Sigmoid', ['a'], 's'), node('Mul', ['a', 's'], 'b')];
  const squeezed = { nodes: [node('Squeeze', ['pooled', 'last'], 'r')], outputs: ['r'] };
  const same = { nodes: [node('Flatten', ['pooled'], 'r', { axis: 1 })], outputs: ['r'] };
  const asked = [
    node('RandomUniformLike', ['pooled'], 'noise'),
    node('Shape', ['noise'], 'shape'),
    node('Gather', ['shape', 'two'], 'size', { axis: 0 }),
    node('Equal', ['size', 'one'], 'isOne'),
    choose('isOne', ['flat'], squeezed, same),
  ];
  return model({
    opset: 17,
    inputs: [{ name: 'picture', type: 'float32', dims: ['batch', 3, 4, 4] }],
    outputs: ['scores'],
    domains: { [LOCAL]: 1 },
    functions: flat ? [] : [localFunction({ name: 'Silu', inputs: ['a'], outputs: ['b'], nodes: silu, opsets: { '': 17 } })],
    initializers: new Map([
      ['kernel', { type: 'float32', dims: [2, 3, 1, 1], data: [1, 0, 0.5, 0, 1, -0.5] }],
      ['head', { type: 'float32', dims: [3, 2], data: HEAD.flat() }],
      ['one', { type: 'int64', dims: [], data: [1] }],
      ['two', { type: 'int64', dims: [], data: [2] }],
      ['last', { type: 'int64', dims: [2], data: [2, 3] }],
    ]),
    nodes: [
      node('Conv', ['picture', 'kernel'], 'conv', { kernel_shape: [1, 1] }),
      ...(flat ? [node('Sigmoid', ['conv'], 's'), node('Mul', ['conv', 's'], 'features')] : [call('Silu', ['conv'], ['features'])]),
      node('GlobalAveragePool', ['features'], 'pooled'),
      ...(flat ? [node('Squeeze', ['pooled', 'last'], 'flat')] : asked),
      node('Gemm', ['flat', 'head'], 'scores', { transB: 1 }),
    ],
  });
}

describe('a model with functions and branches', () => {
  it('is explained as the same model written flat', async () => {
    const explain = async (flat: boolean) => {
      const explainer = await openExplainer(runtime, network(flat), { layers: ['features'] });
      const { predictions, explanations } = await explainer.explainOne(picture, [1]);
      await explainer.close();
      return [predictions, explanations[0]?.score, explanations[0]?.heatmap];
    };
    expect(await explain(false)).toEqual(await explain(true));
  });

  it('gives gradients, exports and layers', async () => {
    const gradientOf = async (flat: boolean) => {
      const gradient = await openGradient(runtime, network(flat), { of: 'scores', wrt: 'picture', class: 2 });
      const { data } = await gradient.run({ picture });
      await gradient.close();
      return data;
    };
    expect(await gradientOf(false)).toEqual(await gradientOf(true));
    const exported = await exportExplained(runtime, network(false));
    const session = await runtime.open(exported.bytes);
    const plain = await runtime.open(network(false), { optimization: 'basic' });
    expect((await session.run({ picture }))['scores']).toEqual((await plain.run({ picture }))['scores']);
    await Promise.all([session.close(), plain.close()]);
    const layers = await layersOf(runtime, await readClassifier(runtime, network(false)));
    expect(layers.map(({ name }) => name)).toEqual(['conv', 'call_features/s', 'features']);
  });

  it('whose branch depends on what only a runtime infers is asked for it', async () => {
    expect(inline(readModel(network(false))).nodes.map(({ opType }) => opType)).toContain('If');
    const { graph } = await readClassifier(runtime, network(false));
    expect(graph.nodes.map(({ opType }) => opType)).not.toContain('If');
  });
});

it('weights in a file that was not given are asked for by its name', async () => {
  // location: weights.bin, as `external_data` (13) and `data_location` (14) of a tensor say it.
  const text = (field: number, value: string) => [field * 8 + 2, value.length, ...new TextEncoder().encode(value)];
  const entry = [...text(1, 'location'), ...text(2, 'weights.bin')];
  const tensor = [8, 2, 8, 3, 16, 1, ...text(8, 'outside'), 13 * 8 + 2, entry.length, ...entry, 14 * 8, 1];
  const graph = [5 * 8 + 2, tensor.length, ...tensor];
  const bytes = Uint8Array.from([...network(true), 7 * 8 + 2, graph.length, ...graph]);
  await expect(readClassifier(runtime, bytes)).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(
      /keeps its weights, such as 'outside', in the file 'weights\.bin', which was not given: give its content/,
    ),
  });
  const session = { externalData: new Map([['weights.bin', new Uint8Array(24)]]) };
  expect((await readClassifier(runtime, bytes, { session })).scores.classes).toBe(3);
});
