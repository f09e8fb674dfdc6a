import { describe, expect, test } from 'vitest';
import { readModel } from '../bytes/read.js';
import { OnnxGradError } from '../errors.js';
import { model } from '../testing/model.js';
import { answer } from '../testing/session.js';
import { GraphBuilder } from './builder.js';

function builder(opset = 13, names: { x?: string; y?: string } = {}, irVersion?: number): GraphBuilder {
  const { x = 'x', y = 'y' } = names;
  const bytes = model({
    opset,
    ...(irVersion === undefined ? {} : { irVersion }),
    inputs: [{ name: x, type: 'float32', dims: [2, 3] }],
    outputs: [y],
    nodes: [{ opType: 'Relu', inputs: [x], outputs: [y] }],
  });
  return new GraphBuilder(readModel(bytes));
}

const x = { type: 'float32', dims: [2, 3], data: [1, -2, 3, -4, 5, -6] } as const;

describe('names', () => {
  test('of values begin with a prefix that the model does not use', () => {
    const taken = builder(13, { x: 'grad/0', y: '_grad/7' });
    expect(taken.neg('grad/0')).toBe('__grad/0');
    expect(builder().neg('x')).toBe('grad/0');
  });

  test('of inputs and outputs are those of choice, or numbered where the model has them', () => {
    const b = builder(13, { y: 'heatmap' });
    expect(b.output('heatmap', b.neg('x'))).toBe('heatmap_1');
    expect(b.output('heatmap', b.abs('x'))).toBe('heatmap_2');
    expect(b.input('x', 'int64', [])).toBe('x_1');
    expect(b.input('class', 'int64', [])).toBe('class');
  });

  test('of two edits differ', () => {
    const first = builder();
    // Shown under a name of choice, the sum keeps none of its own; what it was made of does.
    first.output('z', first.add(first.neg('x'), 'x'));
    const second = new GraphBuilder(readModel(first.append()));
    expect(second.neg('x')).toBe('_grad/0');
  });
});

describe('constants', () => {
  test('are written once', () => {
    const b = builder();
    expect(b.ints([1, 2])).toBe(b.ints([1, 2]));
    expect(b.scalar(1, 'x')).toBe(b.scalar(1, 'x'));
    b.output('z', b.shift('x', 1));
    b.output('i', b.ints([1, 2]));
    expect(b.addition.initializers.size).toBe(2);
  });

  test('differ by type, shape and sign of zero', () => {
    const b = builder();
    const names = [
      b.constant('float32', [], [0]),
      b.constant('float32', [], [-0]),
      b.constant('float64', [], [0]),
      b.constant('float32', [1], [0]),
    ];
    expect(new Set(names).size).toBe(4);
  });

  test('are nodes before IR version 4', async () => {
    const b = builder(7, {}, 3);
    b.output('z', b.shift('x', 10));
    expect(b.addition.initializers.size).toBe(0);
    expect((await answer(b.append(), { x }))['z']?.data).toEqual([11, 8, 13, 6, 15, 4]);
  });

  test('of every element type that is written arrive', async () => {
    const b = builder(16);
    for (const type of ['float32', 'float64', 'float16', 'bfloat16', 'int32', 'int64', 'uint8', 'int8', 'bool'] as const)
      b.output(type, b.cast(b.constant(type, [2], [0, 1]), 'float32'));
    const made = await answer(b.append(), { x });
    for (const type of ['float64', 'float16', 'bfloat16', 'int32', 'int64', 'uint8', 'int8', 'bool'])
      expect(made[type]?.data).toEqual([0, 1]);
  });
});

test('an existing value is made an output once', () => {
  const b = builder();
  b.expose('y');
  b.expose('x');
  b.expose('x');
  expect(b.addition.outputs.map(({ name }) => name)).toEqual(['x']);
});

describe('operators in the form of the operator set', () => {
  for (const opset of [7, 9, 11, 13, 18, 26]) {
    test(`operator set ${opset}`, async () => {
      const b = builder(opset);
      const results = {
        sum: b.sum('x', [1], false),
        mean: b.mean('x', [0]),
        max: b.max('x', [1]),
        clipped: b.atLeast('x', 0),
        slice: b.slice('x', 1, 1, 3),
        pad: b.pad('x', [0, 1, 0, -1]),
        squeeze: b.squeeze(b.unsqueeze('x', [1]), [1]),
        sign: b.sign('x'),
        zeros: b.zerosLike(b.div('x', b.zerosLike('x'))),
        equal: b.cast(b.equal('x', b.abs('x')), 'float32'),
        where: b.where(b.greater('x', b.scalar(0, 'x')), 'x', b.scalar(9, 'x')),
        argmax: b.cast(b.argmax('x', 1, false), 'float32'),
        product: b.product(b.shape('x'), 'x'),
        size: b.cast(b.sizes('x', 1), 'float32'),
      };
      for (const [name, value] of Object.entries(results)) b.output(name, value);
      const made = await answer(b.append(), { x });
      expect(Object.fromEntries(Object.keys(results).map((name) => [name, made[name]?.data]))).toEqual({
        sum: [2, -5],
        mean: [-1.5, 1.5, -1.5],
        max: [3, 5],
        clipped: [1, 0, 3, 0, 5, 0],
        slice: [-2, 3, 5, -6],
        pad: [0, 1, -2, 0, -4, 5],
        squeeze: [1, -2, 3, -4, 5, -6],
        sign: [1, -1, 1, -1, 1, -1],
        zeros: [0, 0, 0, 0, 0, 0],
        equal: [1, 0, 1, 0, 1, 0],
        where: [1, 9, 3, 9, 5, 9],
        argmax: [2, 1],
        product: [6],
        size: [3],
      });
    });
  }

  test('or a refusal that says which set is needed', () => {
    const b = builder(7);
    expect(() => b.expand('x', b.ints([2, 2, 3]))).toThrow(/Expand needs operator set 8, but the model imports 7/);
    expect(() => b.sliceBetween('x', 0, b.ints([0]), b.ints([1]))).toThrow(OnnxGradError);
    expect(() => b.pad('x', b.ints([0, 0, 0, 0]))).toThrow(/needs operator set 11/);
  });
});

describe('a reshape of a reshape', () => {
  test('is one', async () => {
    const b = builder();
    b.output('row', b.reshape(b.reshape('x', [0, 3, 1]), [0, -1]));
    b.output('kept', b.reshape(b.reshape('x', [3, 2]), [0, 1, -1]));
    expect(b.addition.nodes.map(({ opType }) => opType)).toEqual(['Reshape', 'Reshape', 'Reshape']);
    const { row, kept } = await answer(b.append(), { x });
    expect([row?.dims, kept?.dims]).toEqual([
      [2, 3],
      [3, 1, 2],
    ]);
  });
});
