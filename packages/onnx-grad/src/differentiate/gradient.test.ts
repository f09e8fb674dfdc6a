import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { concat, field } from '../bytes/append.js';
import { AttributeField, GraphField, ModelField, NodeField } from '../bytes/fields.js';
import { readModel } from '../bytes/read.js';
import type { NewNode } from '../bytes/write.js';
import { OnnxGradError } from '../errors.js';
import type { Constant } from '../graph/types.js';
import { text } from '../testing/bytes.js';
import { type ModelParts, model } from '../testing/model.js';
import { answer, learnFacts, type Tensors } from '../testing/session.js';
import { gradient } from './gradient.js';

const x = { type: 'float32', dims: [2], data: [1, 2] } as const;

/** A model of one input x: float32 [2]. */
const of = (nodes: readonly NewNode[], rest: Partial<ModelParts> = {}): Uint8Array =>
  model({ opset: 13, inputs: [{ name: 'x', type: 'float32', dims: [2] }], outputs: ['y'], nodes, ...rest });

/** d(Σ target) / d(wrt) at x. */
async function differentiated(bytes: Uint8Array, wrt: string, target = 'y', feeds: Tensors = { x }): Promise<readonly number[]> {
  const graph = readModel(bytes);
  const b = new GraphBuilder(graph, await learnFacts(graph, feeds));
  const seed = b.shift(b.zerosLike(target), 1);
  b.output('dx', gradient(b, new Map([[target, seed]]), [wrt]).get(wrt) ?? '');
  return (await answer(b.append(), feeds))['dx']?.data ?? [];
}

/** The error of a gradient that is asked for without facts: refusals come before any are needed. */
function refusal(bytes: Uint8Array, wrt = 'x', target = 'y'): OnnxGradError {
  const b = new GraphBuilder(readModel(bytes));
  try {
    gradient(b, new Map([[target, b.scalar(1, 'x')]]), [wrt]);
  } catch (error) {
    if (error instanceof OnnxGradError) return error;
    throw error;
  }
  throw new Error('expected a refusal, but a gradient came');
}

describe('sums of cotangents', () => {
  test('a value that is used twice', async () => {
    // y = x · exp(x), dy/dx = exp(x) · (1 + x)
    const bytes = of([
      { opType: 'Exp', inputs: ['x'], outputs: ['e'] },
      { opType: 'Mul', inputs: ['x', 'e'], outputs: ['y'] },
    ]);
    const [first = 0, second = 0] = await differentiated(bytes, 'x');
    expect(first).toBeCloseTo(Math.E * 2, 5);
    expect(second).toBeCloseTo(Math.exp(2) * 3, 4);
  });

  test('a value that one node uses twice', async () => {
    expect(await differentiated(of([{ opType: 'Mul', inputs: ['x', 'x'], outputs: ['y'] }]), 'x')).toEqual([2, 4]);
  });

  test('a value between, whose own consumers are several', async () => {
    const bytes = of([
      { opType: 'Neg', inputs: ['x'], outputs: ['m'] },
      { opType: 'Mul', inputs: ['m', 'm'], outputs: ['square'] },
      { opType: 'Add', inputs: ['square', 'm'], outputs: ['y'] },
    ]);
    expect(await differentiated(bytes, 'm')).toEqual([-1, -3]);
    expect(await differentiated(bytes, 'x')).toEqual([1, 3]);
  });

  test('of a value with respect to itself', async () => {
    expect(await differentiated(of([{ opType: 'Neg', inputs: ['x'], outputs: ['y'] }]), 'y')).toEqual([1, 1]);
  });
});

test('several seeds and several wanted values at once', async () => {
  const bytes = of(
    [
      { opType: 'Mul', inputs: ['x', 'x'], outputs: ['square'] },
      { opType: 'Neg', inputs: ['square'], outputs: ['y'] },
    ],
    { outputs: ['y', 'square'] },
  );
  const graph = readModel(bytes);
  const b = new GraphBuilder(graph, await learnFacts(graph, { x }));
  const seeds = new Map([
    ['y', b.constant('float32', [2], [1, 0])],
    ['square', b.constant('float32', [2], [0, 5])],
  ]);
  for (const [name, value] of gradient(b, seeds, ['x', 'square'])) b.output(`d ${name}`, value);
  const made = await answer(b.append(), { x });
  expect(made['d square']?.data).toEqual([-1, 5]);
  expect(made['d x']?.data).toEqual([-2, 20]);
});

test('rows of a Softmax that are NaN, where the model puts something else in their place', async () => {
  const nodes: NewNode[] = [
    { opType: 'Add', inputs: ['x', 'mask'], outputs: ['m'] },
    { opType: 'Softmax', inputs: ['m'], outputs: ['p'], attributes: { axis: -1 } },
    { opType: 'IsNaN', inputs: ['p'], outputs: ['n'] },
    { opType: 'Where', inputs: ['n', 'zero', 'p'], outputs: ['q'] },
    { opType: 'Mul', inputs: ['q', 'weights'], outputs: ['y'] },
  ];
  const gone = Number.NEGATIVE_INFINITY;
  const initializers = new Map<string, Constant>([
    ['mask', { type: 'float32', dims: [2, 2], data: [0, 0, gone, gone] }],
    ['zero', { type: 'float32', dims: [], data: [0] }],
    ['weights', { type: 'float32', dims: [2], data: [1, 0] }],
  ]);
  const bytes = of(nodes, { initializers });
  const [first = 0, ...others] = await differentiated(bytes, 'm', 'y');
  // p = σ(x₀ − x₁) = σ(−1), dp/dx₀ = p (1 − p)
  const p = 1 / (1 + Math.E);
  expect(first).toBeCloseTo(p * (1 - p), 6);
  expect(others).toEqual([-first, 0, 0]);
});

describe('operators without a rule', () => {
  const unknown: NewNode = { opType: 'Einsam', name: 'the node', domain: 'com.example', inputs: ['x'], outputs: ['e'] };

  test('on the path: an error that names node, operator, domain and operator set', () => {
    const error = refusal(of([unknown, { opType: 'Neg', inputs: ['e'], outputs: ['y'] }], { domains: { 'com.example': 3 } }));
    expect(error.code).toBe('unsupported-operator');
    expect(error.message).toMatch(/com\.example\.Einsam node 'the node'.*operator Einsam of domain com\.example, operator set 3/);
  });

  test('of the standard domain: named with its operator set', () => {
    const error = refusal(of([{ opType: 'Selo', inputs: ['x'], outputs: ['y'] }]));
    expect(error.message).toMatch(/operator Selo of domain ai\.onnx, operator set 13, has no differentiation rule/);
  });

  test('beside the path do not matter', async () => {
    const bytes = of([
      { opType: 'Hardmax', inputs: ['x'], outputs: ['beside'] },
      { opType: 'Mul', inputs: ['x', 'x'], outputs: ['y'] },
      { opType: 'Hardmax', inputs: ['y'], outputs: ['behind'] },
    ]);
    expect(await differentiated(bytes, 'x')).toEqual([2, 4]);
  });

  test('before the wanted value do not matter', async () => {
    const bytes = of([
      { opType: 'Hardmax', inputs: ['x'], outputs: ['hard'] },
      { opType: 'Mul', inputs: ['hard', 'hard'], outputs: ['y'] },
    ]);
    expect(await differentiated(bytes, 'hard')).toEqual([0, 2]);
  });

  test('whose subgraph captures a value on the path are on it', () => {
    const inner = concat([text(NodeField.input, 'x'), text(NodeField.output, 'in'), text(NodeField.opType, 'Neg')]);
    const branch = concat([text(AttributeField.name, 'then_branch'), field(AttributeField.g, field(GraphField.node, inner))]);
    const node = concat([text(NodeField.output, 'y'), text(NodeField.opType, 'If'), field(NodeField.attribute, branch)]);
    const bytes = concat([of([]), field(ModelField.graph, field(GraphField.node, node))]);
    expect(refusal(bytes)).toMatchObject({ code: 'unsupported-operator', message: expect.stringMatching(/If node 'y'/) });
  });
});

describe('no gradient', () => {
  test('through an operator that stops it: an error, never zeros', () => {
    const error = refusal(
      of([
        { opType: 'Floor', inputs: ['x'], outputs: ['f'] },
        { opType: 'Neg', inputs: ['f'], outputs: ['y'] },
      ]),
    );
    expect(error.code).toBe('no-gradient');
    expect(error.message).toMatch(/no differentiable path leads from 'x' to 'y'/);
  });

  test('to a value that the score does not use', () => {
    const bytes = of([
      { opType: 'Neg', inputs: ['x'], outputs: ['y'] },
      { opType: 'Neg', inputs: ['y'], outputs: ['behind'] },
    ]);
    expect(refusal(bytes, 'behind').code).toBe('no-gradient');
  });

  test('beside one that flows: the stop is left out of the sum', async () => {
    // y = x · floor(x): the floor counts as a constant.
    const bytes = of([
      { opType: 'Floor', inputs: ['x'], outputs: ['f'] },
      { opType: 'Mul', inputs: ['x', 'f'], outputs: ['y'] },
    ]);
    expect(await differentiated(bytes, 'x')).toEqual([1, 2]);
  });

  test('through a cast to integers', async () => {
    const bytes = of([
      { opType: 'Cast', inputs: ['x'], outputs: ['i'], attributes: { to: 7 } },
      { opType: 'Cast', inputs: ['i'], outputs: ['y'], attributes: { to: 1 } },
    ]);
    await expect(differentiated(bytes, 'x')).rejects.toMatchObject({ code: 'no-gradient' });
  });
});

test('operator sets before 7 are refused', () => {
  const error = refusal(of([{ opType: 'Neg', inputs: ['x'], outputs: ['y'] }], { opset: 6 }));
  expect(error.code).toBe('unsupported-model');
  expect(error.message).toMatch(/expected operator set 7 or newer, but the model imports 6/);
});

test('a value that does not exist: the nearest that do', () => {
  const bytes = of([{ opType: 'Neg', inputs: ['x'], outputs: ['layer4/conv'] }], { outputs: ['layer4/conv'] });
  const error = refusal(bytes, 'layer4/conf', 'layer4/conv');
  expect(error.code).toBe('unknown-value');
  expect(error.message).toMatch(/no value named 'layer4\/conf'; nearest: layer4\/conv/);
});

test('a dimension of which nothing is known is never taken for one that was not broadcast', () => {
  const bytes = of(
    [
      { opType: 'RandomUniformLike', inputs: ['x'], outputs: ['m'] },
      { opType: 'Add', inputs: ['m', 'x'], outputs: ['y'] },
    ],
    { inputs: [{ name: 'x', type: 'float32', dims: ['n'] }] },
  );
  const b = new GraphBuilder(readModel(bytes));
  b.facts.learn('m', { type: 'float32', dims: [''] });
  b.facts.learn('y', { type: 'float32', dims: ['n'] });
  expect(() => gradient(b, new Map([['y', 'y']]), ['m'])).toThrow(/whether dimension 0 of value 'm' is 1/);
});

test('a rule that needs to know more than is known says which value', () => {
  const bytes = of([
    { opType: 'Reshape', inputs: ['x', 'shape'], outputs: ['r'] },
    { opType: 'Softmax', inputs: ['r'], outputs: ['y'] },
  ]);
  const error = refusal(bytes);
  expect(error.code).toBe('missing-fact');
  expect(error.message).toMatch(/rank of value 'r'/);
});
