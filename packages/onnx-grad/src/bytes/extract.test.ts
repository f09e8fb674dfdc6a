import { describe, expect, test } from 'vitest';
import type { Fact } from '../graph/types.js';
import { type ModelParts, model } from '../testing/model.js';
import { answer, type Tensors } from '../testing/session.js';
import { choose } from '../testing/subgraphs.js';
import { extract, tailOf } from './extract.js';
import { readModel } from './read.js';
import type { NewNode } from './write.js';

const fact: Fact = { type: 'float32', dims: ['n', 2] };
const facts = () => fact;

/** early = relu(x · w), late = tanh(early + bias), y = late · w2 + early · scale: a skip connection goes around `late`. */
const parts: ModelParts & { readonly nodes: readonly NewNode[] } = {
  opset: 17,
  inputs: [{ name: 'x', ...fact }],
  outputs: ['y', 'other'],
  initializers: new Map([
    ['w', { type: 'float32', dims: [2, 2], data: [1, -2, 3, 0.5] }],
    ['bias', { type: 'float32', dims: [2], data: [0.25, -1] }],
    ['w2', { type: 'float32', dims: [2, 2], data: [0.5, 2, -1, 1] }],
    ['half', { type: 'float32', dims: [], data: [0.5] }],
  ]),
  nodes: [
    { opType: 'MatMul', inputs: ['x', 'w'], outputs: ['product'] },
    { opType: 'Relu', inputs: ['product'], outputs: ['early'] },
    { opType: 'Add', inputs: ['early', 'bias'], outputs: ['sum'] },
    { opType: 'Tanh', inputs: ['sum'], outputs: ['late'] },
    { opType: 'Exp', inputs: ['half'], outputs: ['scale'] },
    { opType: 'MatMul', inputs: ['late', 'w2'], outputs: ['mixed'] },
    { opType: 'Mul', inputs: ['early', 'scale'], outputs: ['skip'] },
    { opType: 'Add', inputs: ['mixed', 'skip'], outputs: ['y'] },
    { opType: 'Neg', inputs: ['x'], outputs: ['other'] },
  ],
};
const x = { type: 'float32', dims: [3, 2], data: [1, 2, -1, 0.5, 0, 3] } as const;

/** The outputs that a model's tail gives for what its head gave. */
async function inTwo(bytes: Uint8Array, cut: string, output: string, crosses?: (value: string) => boolean) {
  const graph = readModel(bytes);
  const tail = tailOf(graph, [cut], [output], crosses);
  const head = extract(
    graph,
    tailOf(graph, [], tail.inputs, () => false),
    { outputs: tail.inputs, facts },
  );
  const crossing: Tensors = { x, ...(await answer(head, { x })) };
  const second = extract(graph, tail, { outputs: [output], facts });
  return { inputs: tail.inputs, nodes: [...tail.nodes].map((node) => node.opType), answer: await answer(second, crossing), second };
}

describe('a model cut in two gives the numbers of the whole', () => {
  const whole = (bytes: Uint8Array) => answer(bytes, { x });

  test('at its only way', async () => {
    const bytes = model(parts);
    const { inputs, nodes, answer: tail, second } = await inTwo(bytes, 'early', 'y');
    expect(inputs).toEqual(['early']);
    expect(nodes.sort()).toEqual(['Add', 'Add', 'Exp', 'MatMul', 'Mul', 'Tanh']);
    expect(tail).toEqual({ y: (await whole(bytes))['y'] });
    expect([...readModel(second).initializers.keys()]).toEqual(['bias', 'w2', 'half']);
  });

  test('where a skip connection crosses the cut', async () => {
    const bytes = model(parts);
    const { inputs, answer: tail } = await inTwo(bytes, 'late', 'y');
    expect([...inputs].sort()).toEqual(['late', 'skip']);
    expect(tail).toEqual({ y: (await whole(bytes))['y'] });
  });

  test('where it may not cross, so that it is computed again', async () => {
    const bytes = model(parts);
    const { inputs, nodes, answer: tail } = await inTwo(bytes, 'late', 'y', (value) => value === 'early');
    expect([...inputs].sort()).toEqual(['early', 'late']);
    expect([...nodes].sort()).toEqual(['Add', 'Exp', 'MatMul', 'Mul']);
    expect(tail).toEqual({ y: (await whole(bytes))['y'] });
    expect((await inTwo(bytes, 'late', 'y', () => false)).inputs).toContain('x');
  });

  test('of old files, which list their initializers as inputs', async () => {
    const bytes = model({ ...parts, opset: 8 });
    const { answer: tail, second } = await inTwo(bytes, 'early', 'y');
    expect(tail).toEqual({ y: (await whole(bytes))['y'] });
    expect([...readModel(second).overridable]).toEqual(['bias', 'w2', 'half']);
  });

  test('whose branches take values from around them', async () => {
    const branch = (opType: string) => ({ nodes: [{ opType, inputs: ['late'], outputs: [`of ${opType}`] }], outputs: [`of ${opType}`] });
    const nodes = [
      ...parts.nodes.slice(0, 4),
      { opType: 'ReduceSum', inputs: ['early'], outputs: ['total'], attributes: { keepdims: 0 } },
      { opType: 'Greater', inputs: ['total', 'half'], outputs: ['condition'] },
      choose('condition', ['y'], branch('Neg'), branch('Abs')),
    ];
    const bytes = model({ ...parts, outputs: ['y'], nodes });
    const { inputs, answer: tail } = await inTwo(bytes, 'sum', 'y', (value) => value === 'early');
    expect([...inputs].sort()).toEqual(['early', 'sum']);
    expect(tail).toEqual(await whole(bytes));
  });
});

test('what comes first makes the value of the cut', async () => {
  const graph = readModel(model(parts));
  const tail = tailOf(graph, ['early'], ['y']);
  const before = {
    nodes: [{ opType: 'Mul', inputs: ['held', 'mask'], outputs: ['early'] }],
    initializers: new Map(),
    inputs: ['held', 'mask'].map((name) => ({ name, type: 'float32', dims: ['n', 2] }) as const),
    outputs: [],
  };
  const masked = extract(graph, tail, { outputs: ['y'], facts, before });
  expect(readModel(masked).inputs.map(({ name }) => name)).toEqual(['held', 'mask']);
  const held = { type: 'float32', dims: [1, 2], data: [2, 3] } as const;
  const mask = { type: 'float32', dims: [2, 2], data: [1, 1, 0, 1] } as const;
  const plain = extract(graph, tail, { outputs: ['y'], facts });
  const products = { type: 'float32', dims: [2, 2], data: [2, 3, 0, 3] } as const;
  expect(await answer(masked, { held, mask })).toEqual(await answer(plain, { early: products }));
});

test('an output that does not depend on the cut is computed from the inputs that it needs', async () => {
  const graph = readModel(model(parts));
  const tail = tailOf(graph, ['late'], ['y', 'other'], (value) => value !== 'other');
  expect([...tail.inputs].sort()).toEqual(['late', 'skip', 'x']);
});
