import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import type { NewNode } from '../bytes/write.js';
import type { Constant } from '../graph/types.js';
import { model } from '../testing/model.js';
import { answer, learnFacts } from '../testing/session.js';
import { gradient } from './gradient.js';

const TOKENS = 16;

const wave = (dims: readonly number[], seed: number): Constant => ({
  type: 'float32',
  dims,
  data: Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) => Math.sin(seed + index * 1.7)),
});

const node = (opType: string, inputs: readonly string[], output: string, attributes: NewNode['attributes'] = {}): NewNode => ({
  opType,
  inputs,
  outputs: [output],
  attributes,
});

/** The end of a vision transformer in small: attention over 16 tokens of 4 numbers in 2 heads, a perceptron, a normalisation, and one token classified. */
const block: readonly NewNode[] = [
  ...['q', 'k', 'v'].flatMap((name) => [
    node('MatMul', ['x', `w${name}`], `${name}0`),
    node('Reshape', [`${name}0`, 'heads'], `${name}1`),
    node('Transpose', [`${name}1`], name, { perm: name === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] }),
  ]),
  node('MatMul', ['q', 'k'], 'scores'),
  node('Softmax', ['scores'], 'attention', { axis: -1 }),
  node('MatMul', ['attention', 'v'], 'mixed'),
  node('Transpose', ['mixed'], 'together', { perm: [0, 2, 1, 3] }),
  node('Reshape', ['together', 'joined'], 'a'),
  node('Add', ['x', 'a'], 'r'),
  node('MatMul', ['r', 'wide'], 'm'),
  node('Add', ['m', 'bias'], 'h'),
  node('Div', ['h', 'root'], 'd'),
  node('Erf', ['d'], 'e'),
  node('Mul', ['h', 'e'], 'g'),
  node('MatMul', ['g', 'narrow'], 'p'),
  node('Add', ['r', 'p'], 's'),
  node('LayerNormalization', ['s', 'scale'], 'n'),
];

const initializers = new Map<string, Constant>([
  ...['q', 'k', 'v'].map((name, index): [string, Constant] => [`w${name}`, wave([4, 4], index)]),
  ['heads', { type: 'int64', dims: [4], data: [0, TOKENS, 2, 2] }],
  ['joined', { type: 'int64', dims: [3], data: [0, TOKENS, 4] }],
  ['wide', wave([4, 8], 4)],
  ['bias', wave([8], 5)],
  ['root', { type: 'float32', dims: [], data: [Math.SQRT2] }],
  ['narrow', wave([8, 4], 6)],
  ['scale', wave([4], 7)],
  ['head', wave([4, 5], 8)],
  ['first', { type: 'int64', dims: [], data: [0] }],
  ['last', { type: 'int64', dims: [1], data: [-1] }],
  ['second', { type: 'int64', dims: [1], data: [1] }],
  ['third', { type: 'int64', dims: [1], data: [2] }],
  ['flat', { type: 'int64', dims: [2], data: [0, 4] }],
]);

/** Ways to take one token, and the same with an index that is known only at run time: nothing can be left unwritten then. */
const takes = [
  ['the first, by its index', [node('Gather', ['n', 'first'], 't', { axis: 1 })], 0],
  ['the last, counted from the end', [node('Gather', ['n', 'last'], 't0', { axis: 1 }), node('Reshape', ['t0', 'flat'], 't')], TOKENS - 1],
  ['the second, by a slice', [node('Slice', ['n', 'second', 'third', 'second'], 't0'), node('Reshape', ['t0', 'flat'], 't')], 1],
] as const;

/** The gradient of chosen classes' scores with respect to values, and the operators that it takes. */
async function differentiated(take: readonly NewNode[], index: number, classes: readonly number[], wrt: readonly string[]) {
  const bytes = model({
    opset: 17,
    nodes: [...block, ...take, node('MatMul', ['t', 'head'], 'y')],
    inputs: [
      { name: 'x', type: 'float32', dims: ['rows', TOKENS, 4] },
      { name: 'index', type: 'int64', dims: [] },
    ],
    outputs: ['y'],
    initializers,
  });
  const feeds = {
    x: wave([1, TOKENS, 4], 9),
    index: { type: 'int64', dims: [], data: [index] },
    classes: { type: 'int64', dims: [classes.length], data: [...classes] },
  } as const;
  const graph = readModel(bytes);
  const b = new GraphBuilder(graph, await learnFacts(graph, feeds));
  const seed = { index: b.input('classes', 'int64', ['classes']), value: b.constant('float32', [1, 1], [1]) };
  const found = gradient(b, new Map([['y', seed]]), wrt);
  for (const name of wrt) b.output(`d ${name}`, found.get(name) ?? '');
  const made = await answer(b.append(), feeds);
  return { gradients: wrt.map((name) => made[`d ${name}`]), operators: b.addition.nodes.map(({ opType }) => opType) };
}

describe.each(takes)('a score that is read off one token, %s', (_, take, index) => {
  const WRT = ['x', 'r', 'wide'];
  const written = [node('Gather', ['n', 'index'], 't', { axis: 1 })];

  // The gradient of weights is a sum over rows: one class there.
  test.each([
    ['one class', [2], WRT],
    ['three classes of one image', [4, 0, 2], WRT.slice(0, 2)],
  ] as const)('%s: the gradient is that with all zeros written', async (_, classes, wrt) => {
    const short = await differentiated(take, index, classes, wrt);
    const long = await differentiated(written, index, classes, wrt);
    for (const [at, gradient] of short.gradients.entries()) {
      const expected = long.gradients[at]?.data ?? [];
      expect(gradient?.dims).toEqual(long.gradients[at]?.dims);
      const largest = Math.max(...expected.map(Math.abs));
      // Sums of at most 16 products of float32.
      gradient?.data.forEach((value, which) => {
        expect(Math.abs(value - (expected[which] ?? Number.NaN))).toBeLessThanOrEqual(2e-6 * largest);
      });
    }
    expect(long.operators).toContain('ScatterElements');
    expect(short.operators).not.toContain('ScatterElements');
    // The token's zeros are written where it meets the others: at r, where the residual branch joins, and behind the queries.
    expect(short.operators.filter((operator) => operator === 'Pad')).toHaveLength(2);
  });
});

test('what a function made of one value is computed again for the token, so that a runtime may still fuse it', async () => {
  const { operators } = await differentiated(takes[0][1], 0, [1], ['r']);
  // Of what is normalised, and of the perceptron's product: none of what lies between product and function.
  expect(operators.filter((operator) => operator === 'Slice')).toHaveLength(2);
  expect(operators.filter((operator) => operator === 'Erf')).toHaveLength(1);
});
