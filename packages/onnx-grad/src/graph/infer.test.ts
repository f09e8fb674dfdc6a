import { describe, expect, it, test } from 'vitest';
import { readModel } from '../bytes/read.js';
import type { NewAttribute, NewNode } from '../bytes/write.js';
import { model } from '../testing/model.js';
import { answer } from '../testing/session.js';
import { Facts } from './facts.js';
import { Inference } from './infer.js';
import { productOf } from './size.js';
import type { Constant, Dimension } from './types.js';

const ints = (...data: number[]): Constant => ({ type: 'int64', dims: [data.length], data });
const scalar = (value: number): Constant => ({ type: 'int64', dims: [], data: [value] });
const node = (opType: string, inputs: string, outputs: string, attributes: Readonly<Record<string, NewAttribute>> = {}): NewNode => ({
  opType,
  inputs: inputs.split(' '),
  outputs: outputs.split(' '),
  attributes,
});

interface Network {
  readonly title: string;
  readonly opset?: number;
  readonly x?: readonly Dimension[];
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly nodes: readonly NewNode[];
  /** What must be known of shapes, and of the numbers of small tensors. */
  readonly shapes?: Readonly<Record<string, readonly Dimension[]>>;
  readonly numbers?: Readonly<Record<string, readonly Dimension[]>>;
}

/** A dimension when the batch is this. */
function sizeWith(dimension: Dimension, batch: number): number {
  const { count, symbols } = productOf([dimension]) ?? { count: Number.NaN, symbols: [] };
  return count * batch ** symbols.length;
}

/** What a network's inference says, held against ONNX Runtime with two batches: what is inferred must hold in both. */
async function held({ opset = 17, x = ['batch', 6, 8], constants = {}, nodes }: Network): Promise<Inference> {
  const values = nodes.flatMap(({ outputs }) => outputs);
  const bytes = model({
    opset,
    nodes,
    inputs: [{ name: 'x', type: 'float32', dims: x }],
    outputs: values,
    initializers: new Map(Object.entries(constants)),
  });
  const graph = readModel(bytes);
  const inference = new Inference(graph, (value) => graph.declared(value));
  for (const one of graph.nodes) inference.pass(one);
  for (const batch of [2, 5]) {
    const dims = x.map((size) => sizeWith(size, batch));
    const data = Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) => Math.sin(index));
    const seen = await answer(bytes, { x: { type: 'float32', dims, data } });
    for (const value of values) {
      const { type, dims = [] } = inference.fact(value);
      const numbers = inference.numbers(value)?.data ?? [];
      const known = (sizes: readonly Dimension[], truth: readonly number[]) =>
        truth.map((size, index) => ((sizes[index] ?? '') === '' ? size : sizeWith(sizes[index] ?? '', batch)));
      const { type: actual, dims: sizes = [], data = [] } = seen[value] ?? {};
      expect({ value, type: type ?? actual, sizes: known(dims, sizes), data: known(numbers, data) }).toEqual({
        value,
        type: actual,
        sizes,
        data: [...data],
      });
    }
  }
  return inference;
}

const networks: readonly Network[] = [
  {
    title: 'channels are shuffled as PyTorch exports it',
    x: ['batch', 6, 4, 4],
    constants: { zero: scalar(0), one: scalar(1), two: scalar(2), axis: ints(0), four: ints(4) },
    nodes: [
      node('Shape', 'x', 'shape'),
      node('Gather', 'shape zero', 'n'),
      node('Gather', 'shape one', 'c'),
      node('Div', 'c two', 'half'),
      node('Cast', 'half', 'cast', { to: 7 }),
      node('Unsqueeze', 'n axis', 'n1'),
      node('Unsqueeze', 'cast axis', 'half1'),
      node('Unsqueeze', 'two axis', 'two1'),
      node('Concat', 'n1 two1 half1 four four', 'target', { axis: 0 }),
      node('Reshape', 'x target', 'split'),
      node('Transpose', 'split', 'turned', { perm: [0, 2, 1, 3, 4] }),
      node('Reshape', 'turned shape', 'y'),
    ],
    numbers: { target: ['batch', 2, 3, 4, 4] },
    shapes: { split: ['batch', 2, 3, 4, 4], y: ['batch', 6, 4, 4] },
  },
  {
    title: 'windows go to the batch and come back',
    constants: { zero: scalar(0), three: scalar(3), axis: ints(0), open: ints(-1, 2, 8), rest: ints(-1), tail: ints(6, 8) },
    nodes: [
      node('Shape', 'x', 'shape'),
      node('Gather', 'shape zero', 'n'),
      node('Mul', 'n three', 'windows'),
      node('Reshape', 'x open', 'folded'),
      node('Shape', 'folded', 'foldedShape'),
      node('Gather', 'foldedShape zero', 'rows'),
      node('Div', 'rows three', 'images'),
      node('Unsqueeze', 'images axis', 'images1'),
      node('Concat', 'images1 tail', 'target', { axis: 0 }),
      node('Reshape', 'folded target', 'y'),
      node('Sub', 'windows n', 'left'),
      node('Sub', 'n n', 'nothing'),
      node('Mod', 'windows three', 'remainder'),
    ],
    numbers: { windows: ['3*batch'], images: ['batch'], left: ['2*batch'], nothing: [0], remainder: [0] },
    shapes: { folded: ['3*batch', 2, 8], y: ['batch', 6, 8] },
  },
  {
    title: 'a class token is expanded to the batch',
    constants: {
      token: { type: 'float32', dims: [1, 1, 8], data: [1, 2, 3, 4, 5, 6, 7, 8] },
      first: ints(0),
      one: ints(1),
      minus: ints(-1),
      three: ints(3),
    },
    nodes: [
      node('Shape', 'x', 'shape'),
      node('Slice', 'shape first one', 'n'),
      node('Concat', 'n minus minus', 'asked', { axis: 0 }),
      node('ConstantOfShape', 'three', 'ones', { value: { tensor: ints(1) } }),
      node('Mul', 'ones minus', 'wildcards'),
      node('Equal', 'asked wildcards', 'isWildcard'),
      node('Where', 'isWildcard ones asked', 'target'),
      node('Expand', 'token target', 'tokens'),
      node('Concat', 'tokens x', 'y', { axis: 1 }),
      node('Split', 'y', 'left right', { axis: 2 }),
    ],
    numbers: { isWildcard: [0, 1, 1], target: ['batch', 1, 1] },
    shapes: { tokens: ['batch', 1, 8], y: ['batch', 7, 8], left: ['batch', 7, 4], right: ['batch', 7, 4] },
  },
  {
    title: 'pads as PyTorch 1 exports them',
    constants: { two: ints(2), six: ints(4), first: ints(-1), last: ints(-(2 ** 53)), rows: ints(-1, 2), flat: ints(-1), axis: ints(0) },
    nodes: [
      node('ConstantOfShape', 'six', 'zeros', { value: { tensor: ints(0) } }),
      node('Concat', 'two two zeros', 'pairs', { axis: 0 }),
      node('Reshape', 'pairs rows', 'table'),
      node('Slice', 'table first last axis first', 'reversed'),
      node('Transpose', 'reversed', 'turned', { perm: [1, 0] }),
      node('Reshape', 'turned flat', 'pads'),
      node('Cast', 'pads', 'cast', { to: 7 }),
      node('Pad', 'x cast', 'y'),
    ],
    numbers: { pads: [0, 0, 2, 0, 0, 2] },
    shapes: { y: ['batch', 6, 12] },
  },
  {
    title: 'sizes are counted, ranged, tiled and compared',
    constants: {
      zero: scalar(0),
      one: scalar(1),
      two: scalar(2),
      repeats: ints(2, 1, 3),
      half: { type: 'float32', dims: [], data: [0.5] },
      ends: ints(-1),
      axes: ints(2),
    },
    nodes: [
      node('Shape', 'x', 'inner', { start: 1 }),
      node('ReduceProd', 'inner', 'count', { keepdims: 0 }),
      node('Size', 'inner', 'rank'),
      node('Range', 'zero count two', 'even'),
      node('Gather', 'even inner', 'picked'),
      node('Tile', 'x repeats', 'tiled'),
      node('Greater', 'count two', 'isLarge'),
      node('Not', 'isLarge', 'isSmall'),
      node('Cast', 'count', 'real', { to: 1 }),
      node('Mul', 'real half', 'halved'),
      node('Floor', 'halved', 'floor'),
      node('Max', 'rank two', 'largest'),
      node('Neg', 'rank', 'negative'),
      node('Slice', 'x axes ends axes', 'cut'),
      node('TopK', 'x axes', 'most places', { axis: 1 }),
    ],
    numbers: { count: [48], rank: [2], picked: [12, 16], isLarge: [1], isSmall: [0], floor: [24], largest: [2], negative: [-2] },
    shapes: { even: [24], tiled: ['2*batch', 6, 24], cut: ['batch', 6, 5], most: ['batch', 2, 8], places: ['batch', 2, 8] },
  },
  {
    title: 'matrices, sums of products and attention',
    constants: {
      w: { type: 'float32', dims: [8, 3], data: Array(24).fill(0.1) },
      v: { type: 'float32', dims: [8], data: Array(8).fill(0.1) },
      one: ints(1),
    },
    nodes: [
      node('MatMul', 'x w', 'features'),
      node('MatMul', 'x v', 'vector'),
      node('Einsum', 'x x', 'scores', { equation: 'bqc,bkc->bqk' }),
      node('Softmax', 'scores', 'attention', { axis: -1 }),
      node('MatMul', 'attention x', 'y'),
      node('ReduceSum', 'y one', 'sum', { keepdims: 0 }),
      node('ArgMax', 'y', 'best', { axis: 2, keepdims: 0 }),
    ],
    shapes: {
      features: ['batch', 6, 3],
      vector: ['batch', 6],
      attention: ['batch', 6, 6],
      y: ['batch', 6, 8],
      sum: ['batch', 8],
      best: ['batch', 6],
    },
  },
  {
    title: 'a picture is resized to computed sizes',
    x: ['batch', 3, 4, 6],
    constants: { two: ints(2), zero: ints(0), four: ints(4), twice: ints(2, 2), none: { type: 'float32', dims: [0], data: [] } },
    nodes: [
      node('Shape', 'x', 'shape'),
      node('Slice', 'shape zero two', 'front'),
      node('Slice', 'shape two four', 'space'),
      node('Mul', 'space twice', 'larger'),
      node('Concat', 'front larger', 'sizes', { axis: 0 }),
      node('Resize', 'x none none sizes', 'y', { mode: 'nearest' }),
      node('SpaceToDepth', 'y', 'blocks', { blocksize: 4 }),
      node('DepthToSpace', 'blocks', 'back', { blocksize: 2 }),
    ],
    numbers: { sizes: ['batch', 3, 8, 12] },
    shapes: { y: ['batch', 3, 8, 12], blocks: ['batch', 48, 2, 3], back: ['batch', 12, 4, 6] },
  },
];

describe('what is inferred holds in ONNX Runtime', () => {
  it.each(networks)('$title', async (network) => {
    const inference = await held(network);
    for (const [value, dims] of Object.entries(network.shapes ?? {})) expect(inference.fact(value).dims, value).toEqual(dims);
    for (const [value, data] of Object.entries(network.numbers ?? {})) expect(inference.numbers(value)?.data, value).toEqual(data);
  });
});

describe('what cannot be known stays unknown', () => {
  const infer = async (nodes: readonly NewNode[], constants: Readonly<Record<string, Constant>> = {}) =>
    held({ title: '', nodes, constants });

  test('sizes that depend on numbers of the picture', async () => {
    const inference = await infer(
      [
        node('ReduceMax', 'x', 'most', { keepdims: 1 }),
        node('Abs', 'most', 'positive'),
        node('Ceil', 'positive', 'whole'),
        node('Cast', 'whole', 'count', { to: 7 }),
        node('Reshape', 'count flat', 'repeats'),
        node('ConstantOfShape', 'repeats', 'y'),
      ],
      { flat: ints(-1) },
    );
    expect(inference.fact('y')).toEqual({ type: 'float32', dims: undefined });
    expect(inference.numbers('repeats')).toBeUndefined();
  });

  test('sums of symbols and numbers, quotients that leave a rest, and whether a symbol is some number', async () => {
    const inference = await infer(
      [
        node('Shape', 'x', 'shape'),
        node('Gather', 'shape zero', 'n'),
        node('Add', 'n one', 'more'),
        node('Div', 'n two', 'half'),
        node('Mod', 'n two', 'odd'),
        node('Equal', 'n one', 'isOne'),
        node('Less', 'n one', 'isNone'),
      ],
      { zero: scalar(0), one: scalar(1), two: scalar(2) },
    );
    for (const value of ['more', 'half', 'odd', 'isOne', 'isNone']) expect(inference.numbers(value)?.data, value).toEqual(['']);
  });

  test('a part of an axis whose size is a symbol', async () => {
    const inference = await infer([node('Slice', 'x one two one', 'y'), node('Slice', 'x one two zero', 'z')], {
      zero: ints(0),
      one: ints(1),
      two: ints(2),
    });
    expect(inference.fact('y').dims).toEqual(['batch', 1, 8]);
    expect(inference.fact('z').dims).toEqual(['', 6, 8]);
  });

  test('which axes of a symbol Squeeze takes', async () => {
    expect((await infer([node('Squeeze', 'x', 'y')])).fact('y').dims).toBeUndefined();
  });
});

test('an initializer for which a caller may feed another is no constant', () => {
  const bytes = model({
    opset: 17,
    inputs: [
      { name: 'x', type: 'float32', dims: [2, 6] },
      { name: 'target', type: 'int64', dims: [2] },
    ],
    outputs: ['y'],
    nodes: [node('Reshape', 'x target', 'y')],
    initializers: new Map([['target', ints(3, 4)]]),
  });
  expect(new Facts(readModel(bytes)).of('y').dims).toBeUndefined();
});
