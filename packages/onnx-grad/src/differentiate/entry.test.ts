import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { dense } from '../build/cotangent.js';
import { type Entry, pick } from '../build/entry.js';
import { readModel } from '../bytes/read.js';
import type { NewNode } from '../bytes/write.js';
import type { Constant } from '../graph/types.js';
import { model } from '../testing/model.js';
import { answer, learnFacts } from '../testing/session.js';
import { gradient } from './gradient.js';

/** Heads of classifiers over a feature map [rows, 4, 3, 3], of 5 classes, and the operators that the entry reaches. */
const heads: readonly (readonly [title: string, nodes: readonly NewNode[], readsAllWeights: boolean])[] = [
  ['pool, Flatten, Gemm', [pool('f', 'p'), node('Flatten', ['p'], 'q', { axis: 1 }), gemm('q', { transB: 1 }, 'wT')], false],
  [
    'Gemm with plain weights and alpha',
    [pool('f', 'p'), node('Flatten', ['p'], 'q', { axis: 1 }), gemm('q', { alpha: { float: 0.5 } }, 'w')],
    false,
  ],
  ['mean, MatMul, Add', [mean('f', 'p', 0), node('MatMul', ['p', 'w'], 'm'), node('Add', ['m', 'bias'], 'y')], false],
  [
    'class map: 1×1 Conv, Relu, pool, Flatten',
    [conv('f', 'c', {}), node('Relu', ['c'], 'r'), pool('r', 'p'), node('Flatten', ['p'], 'y', { axis: 1 })],
    false,
  ],
  ['class map with a border, mean', [conv('f', 'c', { pads: [1, 1, 1, 1] }), node('Relu', ['c'], 'r'), mean('r', 'y', 0)], false],
  ['pool, 1×1 Conv, Reshape', [pool('f', 'p'), conv('p', 'c', {}), node('Reshape', ['c', 'shape'], 'y')], false],
  [
    'a class map that is squared: dense from there',
    [conv('f', 'c', {}), node('Mul', ['c', 'c'], 's'), pool('s', 'p'), node('Flatten', ['p'], 'y', { axis: 1 })],
    true,
  ],
];

function node(opType: string, inputs: readonly string[], output: string, attributes: NewNode['attributes'] = {}): NewNode {
  return { opType, inputs, outputs: [output], attributes };
}
function pool(input: string, output: string): NewNode {
  return node('GlobalAveragePool', [input], output);
}
function mean(input: string, output: string, keepdims: number): NewNode {
  return node('ReduceMean', [input], output, { axes: [2, 3], keepdims });
}
function gemm(input: string, attributes: NewNode['attributes'], weight: string): NewNode {
  return node('Gemm', [input, weight, 'bias'], 'y', attributes);
}
function conv(input: string, output: string, attributes: NewNode['attributes']): NewNode {
  return node('Conv', [input, 'kernel', 'bias'], output, { kernel_shape: [1, 1], ...attributes });
}

const wave = (dims: readonly number[], seed: number): Constant => ({
  type: 'float32',
  dims,
  data: Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) => Math.sin(seed + index * 1.7)),
});

const initializers = new Map<string, Constant>([
  ['wT', wave([5, 4], 1)],
  ['w', wave([4, 5], 2)],
  ['kernel', wave([5, 4, 1, 1], 3)],
  ['bias', wave([5], 4)],
  ['shape', { type: 'int64', dims: [2], data: [0, 5] }],
]);

/** Gradient of the chosen classes' scores with respect to the map, from an entry and from the same cotangent made dense. */
async function both(nodes: readonly NewNode[], opset: number, images: number, classes: readonly number[]) {
  const bytes = model({ opset, nodes, inputs: [{ name: 'f', type: 'float32', dims: ['rows', 4, 3, 3] }], outputs: ['y'], initializers });
  const feeds = { f: wave([images, 4, 3, 3], 5), classes: { type: 'int64', dims: [classes.length], data: [...classes] } } as const;
  const graph = readModel(bytes);
  const made: number[][] = [];
  let emitted: string[] = [];
  for (const form of ['dense', 'entry']) {
    const b = new GraphBuilder(graph, await learnFacts(graph, feeds));
    const entry: Entry = { index: b.input('classes', 'int64', ['classes']), value: b.constant('float32', [1, 1], [2]) };
    const seed = form === 'entry' ? entry : dense(b, entry, 'y');
    b.output('g', gradient(b, new Map([['y', seed]]), ['f']).get('f') ?? '');
    if (form === 'entry') {
      b.output('score', pick(b, entry.index, 'y'));
      emitted = b.addition.nodes.map(({ opType }) => opType);
    }
    const outputs = await answer(b.append(), feeds);
    made.push([...(outputs['g']?.data ?? [])]);
    if (form === 'entry') {
      const scores = classes.map((index, row) => outputs['y']?.data[(images === 1 ? 0 : row) * 5 + index] ?? Number.NaN);
      expect(outputs['score']?.dims).toEqual([classes.length, 1]);
      expect([...(outputs['score']?.data ?? [])]).toEqual(scores);
    }
  }
  return { expected: made[0] ?? [], actual: made[1] ?? [], emitted };
}

describe.each([7, 9, 11, 13, 17])('operator set %i', (opset) => {
  describe.each(heads)('%s', (_, nodes, readsAllWeights) => {
    test.each([
      ['one class of one image', 1, [3]],
      ['three classes of one image', 1, [4, 0, 3]],
      ['a class of each image', 3, [1, 1, 4]],
    ] as const)('%s: an entry gives what the dense cotangent gives', async (_, images, classes) => {
      const { expected, actual, emitted } = await both(nodes, opset, images, classes);
      expect(actual).toHaveLength(classes.length * 36);
      actual.forEach((value, index) => {
        // Sums of at most 9 products of float32.
        expect(Math.abs(value - (expected[index] ?? Number.NaN))).toBeLessThanOrEqual(1e-6);
      });
      if (!readsAllWeights) for (const heavy of ['Gemm', 'ConvTranspose']) expect(emitted).not.toContain(heavy);
    });
  });
});
