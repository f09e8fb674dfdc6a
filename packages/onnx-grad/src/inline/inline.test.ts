import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import type { NewNode } from '../bytes/write.js';
import { gradient } from '../differentiate/gradient.js';
import { OnnxGradError } from '../errors.js';
import { Facts } from '../graph/facts.js';
import type { Constant } from '../graph/types.js';
import { type ModelParts, model } from '../testing/model.js';
import { learnFacts, run } from '../testing/session.js';
import { call, choose, type FunctionParts, LOCAL, localFunction, nodeWith, type Subgraph } from '../testing/subgraphs.js';
import { inline } from './inline.js';

const x: Constant = { type: 'float32', dims: [2, 3], data: [-2, -0.3, 0.7, 1.1, 0.2, -0.6] };
const weight: Constant = { type: 'float32', dims: [3, 3], data: [0.3, -0.2, 0.5, 0.7, 0.1, -0.4, 0.2, 0.6, -0.1] };
const yes: Constant = { type: 'bool', dims: [], data: [1] };
const no: Constant = { type: 'bool', dims: [], data: [0] };

/** A model of x: float32 [2, 3], with constants w [3, 3], yes and no. */
const of = (nodes: ModelParts['nodes'], rest: Partial<ModelParts> = {}): Uint8Array =>
  model({
    opset: 17,
    inputs: [{ name: 'x', type: 'float32', dims: [2, 3] }],
    outputs: ['y'],
    initializers: new Map(Object.entries({ w: weight, yes, no })),
    domains: { [LOCAL]: 1 },
    nodes,
    ...rest,
  });

const node = (opType: string, inputs: readonly string[], output: string, attributes: NewNode['attributes'] = {}): NewNode => ({
  opType,
  inputs,
  outputs: [output],
  attributes,
});

const local = (name: string, parts: Omit<FunctionParts, 'name' | 'opsets'> & Partial<Pick<FunctionParts, 'opsets'>>) =>
  localFunction({ name, opsets: { '': 17, [LOCAL]: 1 }, ...parts });

/** Outputs and the gradient of Σ y with respect to x, as ONNX Runtime computes them at the level `basic`. */
async function answers(bytes: Uint8Array): Promise<Record<string, readonly number[]>> {
  const graph = inline(readModel(bytes));
  const b = new GraphBuilder(graph, await learnFacts(graph, { x }));
  b.output('dx', gradient(b, new Map([['y', b.shift(b.zerosLike('y'), 1)]]), ['x']).get('x') ?? '');
  const made: Record<string, readonly number[]> = {};
  const session = await InferenceSession.create(b.append(), { graphOptimizationLevel: 'basic', intraOpNumThreads: 1, logSeverityLevel: 4 });
  for (const [name, { data }] of Object.entries(await run(session, { x }))) made[name] = data;
  await session.release();
  return made;
}

/** The outputs of the model as it was written. */
async function before(bytes: Uint8Array): Promise<Record<string, readonly number[]>> {
  const session = await InferenceSession.create(bytes, { graphOptimizationLevel: 'basic', intraOpNumThreads: 1, logSeverityLevel: 4 });
  const made = Object.entries(await run(session, { x })).map(([name, { data }]) => [name, data] as const);
  await session.release();
  return Object.fromEntries(made);
}

/** The forward pass is the same bit for bit, the gradient that of the same model written flat. */
async function expectAsFlat(bytes: Uint8Array, flat: Uint8Array): Promise<void> {
  const [one, { dx, ...outputs }, expected] = [await before(bytes), await answers(bytes), await answers(flat)];
  expect(outputs).toEqual(one);
  expect(Object.keys(outputs)).toEqual(readModel(bytes).outputs.map(({ name }) => name));
  expect(dx).toHaveLength(6);
  dx?.forEach((value, index) => {
    expect(Math.abs(value - (expected['dx']?.[index] ?? Number.NaN))).toBeLessThan(1e-6);
  });
}

/** The refusal of a gradient from y to x. */
function refusal(bytes: Uint8Array): OnnxGradError {
  try {
    const b = new GraphBuilder(inline(readModel(bytes)));
    gradient(b, new Map([['y', b.scalar(1, 'x')]]), ['x']);
  } catch (error) {
    if (error instanceof OnnxGradError) return error;
    throw error;
  }
  throw new Error('expected a refusal, but a gradient came');
}

const silu: Omit<FunctionParts, 'name' | 'opsets'> = {
  inputs: ['a'],
  outputs: ['b'],
  nodes: [node('Sigmoid', ['a'], 's'), node('Mul', ['a', 's'], 'b')],
};

test('a model without functions and branches is the very same graph', () => {
  const graph = readModel(of([node('Neg', ['x'], 'y')], { functions: [local('Silu', silu)] }));
  expect(inline(graph)).toBe(graph);
});

describe('functions of the model', () => {
  test('a function that is called twice', async () => {
    const bytes = of([call('Silu', ['x'], ['h']), node('MatMul', ['h', 'w'], 'm'), call('Silu', ['m'], ['y'])], {
      functions: [local('Silu', silu)],
    });
    const flat = of([
      node('Sigmoid', ['x'], 's'),
      node('Mul', ['x', 's'], 'h'),
      node('MatMul', ['h', 'w'], 'm'),
      node('Sigmoid', ['m'], 't'),
      node('Mul', ['m', 't'], 'y'),
    ]);
    await expectAsFlat(bytes, flat);
    expect(inline(readModel(bytes)).nodes.map(({ outputs }) => outputs[0])).toEqual(['call_h/s', 'h', 'm', 'call_y/s', 'y']);
  });

  test('in functions', async () => {
    const outer = local('Outer', {
      inputs: ['a', 'k'],
      outputs: ['b'],
      nodes: [call('Silu', ['a'], ['c']), node('MatMul', ['c', 'k'], 'd'), call('Silu', ['d'], ['b'])],
    });
    const bytes = of([call('Outer', ['x', 'w'], ['h']), call('Silu', ['h'], ['y'])], { functions: [outer, local('Silu', silu)] });
    const flatSilu = (from: string, to: string) => [node('Sigmoid', [from], `s${to}`), node('Mul', [from, `s${to}`], to)];
    const flat = of([...flatSilu('x', 'c'), node('MatMul', ['c', 'w'], 'd'), ...flatSilu('d', 'h'), ...flatSilu('h', 'y')]);
    await expectAsFlat(bytes, flat);
  });

  test('that are overloaded', async () => {
    const either = (overload: string, opType: string) =>
      local('Either', { inputs: ['a'], outputs: ['b'], nodes: [node(opType, ['a'], 'b')], overload });
    const bytes = of([nodeWith(call('Either', ['x'], ['h']), { overload: 'smooth' }), call('Either', ['h'], ['y'])], {
      irVersion: 10,
      functions: [either('smooth', 'Tanh'), either('', 'Exp')],
    });
    await expectAsFlat(bytes, of([node('Tanh', ['x'], 'h'), node('Exp', ['h'], 'y')]));
    const outer = local('Outer', {
      inputs: ['a'],
      outputs: ['b'],
      nodes: [nodeWith(call('Either', ['a'], ['b']), { overload: 'smooth' })],
    });
    // ONNX Runtime 1.30 forgets the overload of a call within a function; the standard does not.
    const nested = of([call('Outer', ['x'], ['y'])], { irVersion: 10, functions: [outer, either('smooth', 'Tanh'), either('', 'Exp')] });
    expect(inline(readModel(nested)).nodes.map(({ opType }) => opType)).toEqual(['Tanh']);
  });

  test('attributes of the call, defaults, and those that neither gives', async () => {
    const leaky = local('Leaky', {
      inputs: ['a'],
      outputs: ['b'],
      attributes: ['power'],
      defaults: { slope: { float: 0.25 } },
      nodes: [
        nodeWith(node('LeakyRelu', ['a'], 'c'), { refersTo: { alpha: 'slope' } }),
        nodeWith(node('Elu', ['c'], 'b'), { refersTo: { alpha: 'power' } }),
      ],
    });
    const bytes = of([call('Leaky', ['x'], ['h']), call('Leaky', ['h'], ['y'], { slope: { float: 0.5 }, power: { float: 2 } })], {
      functions: [leaky],
    });
    const flat = of([
      node('LeakyRelu', ['x'], 'a', { alpha: { float: 0.25 } }),
      node('Elu', ['a'], 'h'),
      node('LeakyRelu', ['h'], 'b', { alpha: { float: 0.5 } }),
      node('Elu', ['b'], 'y', { alpha: { float: 2 } }),
    ]);
    await expectAsFlat(bytes, flat);
  });

  test('inputs that are left out, outputs that are, and an input that is handed on', async () => {
    const bounded = (outputs: readonly string[]) =>
      local('Bounded', {
        inputs: ['a', 'low', 'high'],
        outputs,
        nodes: [node('Add', ['a', 'a'], 'twice'), node('Clip', ['a', 'low', 'high'], 'b')],
      });
    const half = new Map<string, Constant>([['half', { type: 'float32', dims: [], data: [0.5] }]]);
    const clip = node('Clip', ['x', '', 'half'], 'c');
    // ONNX Runtime 1.30 opens none of these functions itself, so there is no other forward pass to compare with.
    const flat = await answers(of([clip, node('Mul', ['c', 'x'], 'y')], { initializers: half }));
    const leavingOut = [call('Bounded', ['x', '', 'half'], ['', 'c']), node('Mul', ['c', 'x'], 'y')];
    expect(await answers(of(leavingOut, { initializers: half, functions: [bounded(['twice', 'b'])] }))).toEqual(flat);
    const handingOn = [call('Bounded', ['x', '', 'half'], ['c', 'd']), node('Mul', ['c', 'd'], 'y')];
    expect(await answers(of(handingOn, { initializers: half, functions: [bounded(['b', 'a'])] }))).toEqual(flat);
  });

  test('operator sets of a function that the model does not import are imported', () => {
    const fused = local('Fused', {
      inputs: ['a'],
      outputs: ['b'],
      nodes: [{ opType: 'QuickGelu', domain: 'com.microsoft', inputs: ['a'], outputs: ['b'] }],
      opsets: { '': 17, 'com.microsoft': 1 },
    });
    const graph = inline(readModel(of([call('Fused', ['x'], ['y'])], { functions: [fused] })));
    expect(graph.opsets.get('com.microsoft')).toBe(1);
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['QuickGelu']);
  });

  test('written for another operator set: put in place where its operators are the same in both, else refused', async () => {
    const written = (opType: string) =>
      local('Old', { inputs: ['a'], outputs: ['b'], nodes: [node(opType, ['a'], 'b')], opsets: { '': 12 } });
    const using = (opType: string) => of([call('Old', ['x'], ['y'])], { functions: [written(opType)] });
    await expectAsFlat(using('Tanh'), of([node('Tanh', ['x'], 'y')]));
    const { code, message } = refusal(using('Softmax'));
    expect(code).toBe('unsupported-operator');
    expect(message).toMatch(/com\.example\.Old node 'call_y' lies on the path.*operator set 12 of ai\.onnx, the model for 17, and Softmax/);
  });

  test('a body that has the name of a known operator is still the body', () => {
    const gelu = localFunction({
      name: 'Relu',
      inputs: ['a'],
      outputs: ['b'],
      nodes: [node('Softmax', ['a'], 'b')],
      opsets: { '': 12 },
    });
    expect(refusal(of([call('Relu', ['x'], ['y'])], { functions: [gelu] })).message).toMatch(/its function is written for operator set 12/);
  });

  test('that call themselves are refused', () => {
    const functions = [
      local('One', { inputs: ['a'], outputs: ['b'], nodes: [call('Other', ['a'], ['b'])] }),
      local('Other', { inputs: ['a'], outputs: ['b'], nodes: [call('One', ['a'], ['b'])] }),
    ];
    expect(() => inline(readModel(of([call('One', ['x'], ['y'])], { functions })))).toThrow(/is a function that calls itself/);
  });

  test('that stand for billions of nodes are refused', () => {
    const functions = Array.from({ length: 30 }, (_, level) =>
      local(`F${level}`, {
        inputs: ['a'],
        outputs: ['c'],
        nodes: level === 29 ? [node('Neg', ['a'], 'c')] : [call(`F${level + 1}`, ['a'], ['b']), call(`F${level + 1}`, ['b'], ['c'])],
      }),
    );
    expect(() => inline(readModel(of([call('F0', ['x'], ['y'])], { functions })))).toThrow(/more than 50000 nodes/);
  });

  test('that call others too many levels deep are refused', () => {
    const functions = Array.from({ length: 80 }, (_, level) =>
      local(`F${level}`, {
        inputs: ['a'],
        outputs: ['b'],
        nodes: [level === 79 ? node('Neg', ['a'], 'b') : call(`F${level + 1}`, ['a'], ['b'])],
      }),
    );
    expect(() => inline(readModel(of([call('F0', ['x'], ['y'])], { functions })))).toThrow(/more than 32 levels/);
  });
});

describe('an If of a constant condition', () => {
  const tanh: Subgraph = { nodes: [node('Tanh', ['x'], 'r')], outputs: ['r'] };
  const product: Subgraph = {
    nodes: [node('MatMul', ['x', 'w'], 'm'), node('Add', ['m', 'bias'], 'r')],
    outputs: ['r'],
    initializers: new Map([['bias', { type: 'float32', dims: [3], data: [0.5, -0.25, 1] }]]),
  };
  const flatProduct = of([node('MatMul', ['x', 'w'], 'm'), node('Add', ['m', 'bias'], 'r'), node('Exp', ['r'], 'y')], {
    initializers: new Map(Object.entries({ w: weight, bias: { type: 'float32', dims: [3], data: [0.5, -0.25, 1] } as const })),
  });

  test('the branch that is taken, with its own tensors and those around it', async () => {
    await expectAsFlat(of([choose('yes', ['h'], product, tanh), node('Exp', ['h'], 'y')]), flatProduct);
    await expectAsFlat(
      of([choose('no', ['h'], product, tanh), node('Exp', ['h'], 'y')]),
      of([node('Tanh', ['x'], 'h'), node('Exp', ['h'], 'y')]),
    );
  });

  test('in an If, and its output the output of the graph', async () => {
    const nested: Subgraph = {
      nodes: [node('Exp', ['x'], 'e'), choose('no', ['n'], tanh, { nodes: [node('MatMul', ['e', 'w'], 'r')], outputs: ['r'] })],
      outputs: ['n'],
    };
    await expectAsFlat(of([choose('yes', ['y'], nested, tanh)]), of([node('Exp', ['x'], 'e'), node('MatMul', ['e', 'w'], 'y')]));
  });

  test('a branch that hands on what is around it, or a tensor of its own, or one value twice', async () => {
    const handing: Subgraph = {
      nodes: [node('Tanh', ['x'], 't')],
      outputs: ['x', 't', 't', 'two'],
      initializers: new Map([['two', { type: 'float32', dims: [], data: [2] }]]),
    };
    const bytes = of([
      choose('yes', ['a', 'b', 'c', 'k'], handing, handing),
      node('Mul', ['a', 'b'], 'p'),
      node('Mul', ['p', 'c'], 'q'),
      node('Mul', ['q', 'k'], 'y'),
    ]);
    // ONNX Runtime itself refuses a branch that gives a value of the graph around it; so only the gradient is compared.
    const flat = of([node('Tanh', ['x'], 't'), node('Mul', ['x', 't'], 'p'), node('Mul', ['p', 't'], 'q'), node('Add', ['q', 'q'], 'y')]);
    const [dx, expected] = [(await answers(bytes))['dx'], (await answers(flat))['dx']];
    dx?.forEach((value, index) => {
      expect(value).toBeCloseTo(expected?.[index] ?? Number.NaN, 6);
    });
  });

  test('conditions that are computed from constants and fixed sizes', async () => {
    // What exporters write for squeeze(1): if the size of axis 1 is 1.
    const nodes = [
      node('Shape', ['x'], 'shape'),
      node('Constant', [], 'one', { value_int: 1 }),
      node('Gather', ['shape', 'one'], 'size', { axis: 0 }),
      node('Equal', ['size', 'one'], 'isOne'),
    ];
    const bytes = of([...nodes, choose('isOne', ['h'], tanh, product), node('Exp', ['h'], 'y')]);
    await expectAsFlat(bytes, flatProduct);
    const open = model({
      opset: 17,
      inputs: [{ name: 'x', type: 'float32', dims: [2, 'n'] }],
      outputs: ['y'],
      initializers: new Map([['w', weight]]),
      nodes: [...nodes, choose('isOne', ['y'], tanh, product)],
    });
    expect(inline(readModel(open)).nodes.at(-1)?.opType).toBe('If');
    expect(refusal(open).message).toMatch(/If node 'choice' lies on the path, and which branch runs is known only at run time/);
    const facts = new Facts(readModel(open));
    facts.learn('x', { type: 'float32', dims: [2, 3] });
    expect(inline(facts.graph, facts).nodes.at(-1)?.opType).toBe('Add');
  });

  test('in a function, of an attribute or an input of the call', async () => {
    const either = local('Either', {
      inputs: ['a', 'flag'],
      outputs: ['b'],
      nodes: [
        choose('flag', ['b'], { nodes: [node('Tanh', ['a'], 't')], outputs: ['t'] }, { nodes: [node('Exp', ['a'], 't')], outputs: ['t'] }),
      ],
    });
    const bytes = of([call('Either', ['x', 'yes'], ['h']), call('Either', ['h', 'no'], ['y'])], { functions: [either] });
    await expectAsFlat(bytes, of([node('Tanh', ['x'], 'h'), node('Exp', ['h'], 'y')]));
  });

  test('a subgraph that stays has names of its own in each call', async () => {
    const gate = local('Gate', {
      inputs: ['a'],
      outputs: ['b'],
      nodes: [
        node('ReduceMax', ['a'], 'top', { keepdims: 0 }),
        node('Constant', [], 'zero', { value_float: { float: 0 } }),
        node('Greater', ['top', 'zero'], 'positive'),
        choose(
          'positive',
          ['c'],
          { nodes: [node('Exp', ['a'], 't')], outputs: ['t'] },
          { nodes: [node('Neg', ['a'], 't')], outputs: ['t'] },
        ),
        node('Floor', ['c'], 'b'),
      ],
    });
    const bytes = of([call('Gate', ['x'], ['g']), call('Gate', ['g'], ['h']), node('Mul', ['x', 'h'], 'y')], { functions: [gate] });
    const graph = inline(readModel(bytes));
    expect(graph.nodes.filter(({ opType }) => opType === 'If')).toHaveLength(2);
    const [made, expected] = [await before(graph.bytes), await before(bytes)];
    expect(made).toEqual(expected);
    // The floor behind the branch stops the gradient: the branch is not on the path.
    expect((await answers(bytes))['dx']).toHaveLength(6);
  });
});

test('weights are copied as they stand; functions that nobody calls any more are left out', () => {
  const bytes = of([call('Silu', ['x'], ['h']), node('MatMul', ['h', 'w'], 'y')], { functions: [local('Silu', silu)] });
  const [one, other] = [readModel(bytes), inline(readModel(bytes))];
  const stored = (graph: typeof one) => graph.bytes.slice(...(graph.initializers.get('w')?.message ?? [0, 0]));
  expect(stored(other)).toEqual(stored(one));
  expect([one.functions.size, other.functions.size]).toEqual([1, 0]);
  expect(inline(other)).toBe(other);
});

test('names inside of bodies clash with none of the graph', () => {
  const bytes = of([node('Neg', ['x'], 'call_y/s'), call('Silu', ['call_y/s'], ['y'])], { functions: [local('Silu', silu)] });
  expect(inline(readModel(bytes)).nodes.map(({ outputs }) => outputs[0])).toEqual(['call_y/s', 'call_y/s_1', 'y']);
});
