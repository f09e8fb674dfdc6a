import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import type { NewNode } from '../bytes/write.js';
import type { Constant, ElementType } from '../graph/types.js';
import { relativeError } from '../testing/difference.js';
import { model } from '../testing/model.js';
import { node } from '../testing/quantised.js';
import { random } from '../testing/random.js';
import { answer, learnFacts, type Tensors } from '../testing/session.js';
import { count } from '../testing/tensor.js';
import { gradient } from './gradient.js';

const scalar = (value: number, type: ElementType = 'float32'): Constant => ({ type, dims: [], data: [value] });

const drawn = (...dims: number[]): Constant => {
  const next = random(`reals ${dims}`);
  return { type: 'float32', dims, data: Array.from({ length: count(dims) }, () => Math.fround(4 * next() - 2)) };
};

interface Parts {
  readonly nodes: readonly NewNode[];
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly opset?: number;
  /** Whether the runtime is asked for types and shapes; of some types it cannot tell them. */
  readonly learn?: boolean;
}

/** d(Σ weights · y) / dx, where the weights count 1, 2, 3 … */
async function differentiated({ nodes, constants = {}, opset = 13, learn = true }: Parts, x: Constant): Promise<readonly number[]> {
  const bytes = model({
    opset,
    nodes,
    inputs: [{ name: 'x', type: x.type, dims: x.dims }],
    outputs: ['y'],
    initializers: new Map(Object.entries(constants)),
    domains: { 'com.microsoft': 1 },
  });
  const feeds: Tensors = { x };
  const forward = (await answer(bytes, feeds))['y'];
  const graph = readModel(bytes);
  const b = new GraphBuilder(graph, learn ? await learnFacts(graph, feeds) : undefined);
  const seed = b.constant(
    b.cotangentType('y'),
    forward?.dims ?? [],
    (forward?.data ?? []).map((_, index) => index + 1),
  );
  b.output('dx', gradient(b, new Map([['y', seed]]), ['x']).get('x') ?? '');
  return (await answer(b.append(), feeds))['dx']?.data ?? [];
}

describe('operators that know nothing of scales, on quantised tensors', () => {
  const ints = (...data: number[]): Constant => ({ type: 'int64', dims: [data.length], data });
  const shared = { scale: scalar(1 / 32), sizes: { type: 'float32', dims: [4], data: [1, 1, 2, 2] } } as const;

  interface Between {
    readonly title: string;
    readonly opset: number;
    readonly type: ElementType;
    readonly zero: number;
    readonly make: (q: string, out: string) => readonly NewNode[];
    readonly constants?: Readonly<Record<string, Constant>>;
  }

  const between = (
    title: string,
    opset: number,
    type: ElementType,
    zero: number,
    make: Between['make'],
    constants: Readonly<Record<string, Constant>> = {},
  ): Between => ({ title, opset, type, zero, make, constants });

  const operators: readonly Between[] = [
    between('Identity', 10, 'uint8', 120, (q, y) => [node('Identity', [q], y)]),
    between('MaxPool', 12, 'uint8', 120, (q, y) => [node('MaxPool', [q], y, { kernel_shape: [2, 2], strides: [1, 1] })]),
    between('MaxPool with index', 16, 'int8', -3, (q, y) => [node('MaxPool', [q], y, { kernel_shape: [2, 2], strides: [1, 1] })]),
    between('Reshape', 10, 'int8', -3, (q, y) => [node('Reshape', [q, 'shape'], y)], { shape: ints(0, -1) }),
    between('Flatten', 10, 'uint8', 120, (q, y) => [node('Flatten', [q], y)]),
    between('Transpose', 10, 'uint8', 120, (q, y) => [node('Transpose', [q], y, { perm: [0, 2, 3, 1] })]),
    between('Concat', 10, 'uint8', 120, (q, y) => [node('Concat', [q, q], y, { axis: 1 })]),
    between('Slice', 13, 'uint8', 120, (q, y) => [node('Slice', [q, 'one', 'three', 'two'], y)], {
      one: ints(1),
      three: ints(3),
      two: ints(2),
    }),
    between('Split', 13, 'uint8', 120, (q, y) => [{ opType: 'Split', inputs: [q], outputs: [y, `${y}/rest`], attributes: { axis: 3 } }]),
    between('Gather', 13, 'uint8', 120, (q, y) => [node('Gather', [q, 'places'], y, { axis: 2 })], { places: ints(2, 0, 2) }),
    between('Gather with int32', 16, 'int8', 3, (q, y) => [node('Gather', [q, 'places'], y, { axis: 2 })], {
      places: { ...ints(2, 0), type: 'int32' },
    }),
    between('Squeeze', 13, 'uint8', 120, (q, y) => [node('Squeeze', [q, 'first'], y)], { first: ints(0) }),
    between('Expand', 13, 'int8', -3, (q, y) => [node('Expand', [q, 'shape'], y)], { shape: ints(3, 2, 4, 4) }),
    between('Relu', 16, 'int8', 0, (q, y) => [node('Relu', [q], y)]),
    between(
      'DepthToSpace',
      16,
      'uint8',
      120,
      (q, y) => [node('Reshape', [q, 'shape'], `${y}/4`), node('DepthToSpace', [`${y}/4`], y, { blocksize: 2 })],
      { shape: ints(1, 8, 2, 2) },
    ),
    between('Resize', 13, 'uint8', 120, (q, y) => [node('Resize', [q, '', 'sizes'], y, { mode: 'nearest' })]),
  ];

  test.each(operators)('$title, operator set $opset, $type', async ({ opset, type, zero, make, constants: more }) => {
    const constants = { ...shared, zero: scalar(zero, type), ...more };
    const [quantise, dequantise] = [
      node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
      (from: string, to: string) => node('DequantizeLinear', [from, 'scale', 'zero'], to),
    ];
    const x = drawn(1, 2, 4, 4);
    const [integers, reals] = [
      await differentiated({ nodes: [quantise, ...make('q', 'qy'), dequantise('qy', 'y')], constants, opset }, x),
      await differentiated({ nodes: [quantise, dequantise('q', 'r'), ...make('r', 'y')], constants, opset }, x),
    ];
    expect(integers.some((value) => value !== 0)).toBe(true);
    expect(relativeError(integers, reals)).toBeLessThan(1e-6);
  });

  test('bounds of a Clip in the quantised type', async () => {
    // 110 ≤ q ≤ 130 of scale 1 / 32 and zero point 120.
    const constants = { ...shared, zero: scalar(120, 'uint8'), low: scalar(110, 'uint8'), high: scalar(130, 'uint8') };
    const nodes = [
      node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
      node('Clip', ['q', 'low', 'high'], 'c'),
      node('DequantizeLinear', ['c', 'scale', 'zero'], 'y'),
    ];
    expect(await differentiated({ nodes, constants }, { type: 'float32', dims: [4], data: [-1, -0.25, 0.25, 1] })).toEqual([0, 2, 3, 0]);
  });
});

describe('saturation', () => {
  const x = (...data: number[]): Constant => ({ type: 'float32', dims: [data.length], data });
  const through: readonly NewNode[] = [
    node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
    node('DequantizeLinear', ['q', 'scale', 'zero'], 'y'),
  ];

  test.each([
    // (0 − 100 − ½) / 2 = −50.25 and (255 − 100 + ½) / 2 = 77.75 are the ends.
    ['uint8', 100, [-100, -50.5, -50.2, 0, 77.5, 78], [0, 0, 3, 4, 5, 0]],
    // (−128 − ½) / 2 and (127 + ½) / 2
    ['int8', 0, [-64.5, -64, 63.5, 64], [0, 2, 3, 0]],
  ] as const)('QuantizeLinear to %s passes what rounds into the range', async (type, zero, values, expected) => {
    expect(await differentiated({ nodes: through, constants: { scale: scalar(0.5), zero: scalar(zero, type) } }, x(...values))).toEqual(
      expected,
    );
  });

  test('the range of a channel is that of its own scale', async () => {
    const constants = { scale: x(1, 10), zero: { type: 'uint8', dims: [2], data: [0, 100] } } as const;
    const tensor = { type: 'float32', dims: [1, 2, 2], data: [-5, 255, -1100, 200] } as const;
    expect(await differentiated({ nodes: through, constants }, tensor)).toEqual([0, 2, 0, 4]);
  });

  test('a quantised operator passes what rounds into the range', async () => {
    // q = 10 · x
    const nodes = [
      node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
      {
        opType: 'QLinearMul',
        domain: 'com.microsoft',
        inputs: ['q', 'scale', 'zero', 'ten', 'unit', 'zero', 'scale', 'nought'],
        outputs: ['p'],
      },
      node('DequantizeLinear', ['p', 'scale', 'nought'], 'y'),
    ];
    const constants = {
      scale: scalar(1),
      zero: scalar(128, 'uint8'),
      nought: scalar(0, 'uint8'),
      ten: scalar(138, 'uint8'),
      unit: scalar(1),
    };
    expect(await differentiated({ nodes, constants }, x(-3, 0, 2, 25, 26))).toEqual([0, 20, 30, 40, 0]);
  });

  test('of a product only the quantised numbers are seen: the ends of the range count as saturated', async () => {
    // q = 10 · x: 0 is where a ReLU lies that was left to the saturation.
    const nodes = [
      node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
      node('QLinearMatMul', ['q', 'scale', 'zero', 'ten', 'scale', 'zero', 'scale', 'nought'], 'p'),
      node('DequantizeLinear', ['p', 'scale', 'nought'], 'y'),
    ];
    const ten = { type: 'uint8', dims: [1, 1], data: [138] } as const;
    const constants = { scale: scalar(1), zero: scalar(128, 'uint8'), nought: scalar(0, 'uint8'), ten };
    expect(await differentiated({ nodes, constants }, { type: 'float32', dims: [5, 1], data: [-3, 0, 2, 25, 26] })).toEqual([
      0, 0, 30, 40, 0,
    ]);
  });
});

test.each([
  ['uint4', 21, 21],
  ['int4', 22, 21],
  ['float8e4m3fn', 17, 19],
  ['float8e5m2', 19, 19],
] as const)('%s, quantised and dequantised, has the derivative 1', async (_, to, opset) => {
  const constants = { scale: scalar(0.5), nought: scalar(0) };
  // The type of a zero point says the type of the integers; cast from a number, since tests write no constants of such types.
  const nodes = [
    node('Cast', ['nought'], 'zero', { to }),
    node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
    node('DequantizeLinear', ['q', 'scale', 'zero'], 'y'),
  ];
  const gradients = await differentiated({ nodes, constants, opset, learn: false }, { type: 'float32', dims: [3], data: [0.5, 1, 2.5] });
  expect(gradients).toEqual([1, 2, 3]);
});

test('bfloat16 between casts: its constants and cotangents are bfloat16', async () => {
  // The only operators that ONNX Runtime's CPU computes in bfloat16 are those of layout, and LayerNormalization.
  const nodes = [
    node('Cast', ['x'], 'b', { to: 16 }),
    node('Transpose', ['b'], 't', { perm: [1, 0] }),
    node('Squeeze', ['t', 'axis'], 's'),
    node('Cast', ['s'], 'y', { to: 1 }),
  ];
  const constants = { axis: { type: 'int64', dims: [1], data: [1] } } as const;
  expect(await differentiated({ nodes, constants, learn: false }, { type: 'float32', dims: [1, 3], data: [1, 2, 3] })).toEqual([1, 2, 3]);
});

test('DynamicQuantizeLinear, MatMulInteger and the product with both scales have the derivative of the real weights', async () => {
  const nodes: NewNode[] = [
    { opType: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['q', 'scale', 'zero'] },
    node('MatMulInteger', ['q', 'weight', 'zero', 'weightZero'], 'sum'),
    node('Cast', ['sum'], 'float', { to: 1 }),
    node('Mul', ['scale', 'weightScale'], 'scales'),
    node('Mul', ['float', 'scales'], 'y'),
  ];
  const constants = {
    weight: { type: 'int8', dims: [3, 2], data: [5, -3, 7, 1, -2, 4] },
    weightZero: scalar(1, 'int8'),
    weightScale: scalar(0.25),
  } as const;
  // Row i of (weight − 1) / 4 times (1, 2) and (3, 4).
  const expected = [-1, 1.5, 0.75, -1, 4.5, 0.75];
  const received = await differentiated({ nodes, constants }, { type: 'float32', dims: [2, 3], data: [1, -0.3, 0.2, 0.7, 0.1, -1.55] });
  expect(relativeError(received, expected)).toBeLessThan(1e-6);
});

test('a tensor that two quantised operators read gets the sum of their cotangents', async () => {
  // y = (2x + x) · 1, each product and sum quantised: dy/dx = 3.
  const microsoft = { domain: 'com.microsoft' };
  const nodes: NewNode[] = [
    node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
    { ...microsoft, opType: 'QLinearMul', inputs: ['q', 'scale', 'zero', 'two', 'unit', 'zero', 'scale', 'zero'], outputs: ['p'] },
    { ...microsoft, opType: 'QLinearAdd', inputs: ['q', 'scale', 'zero', 'p', 'scale', 'zero', 'scale', 'zero'], outputs: ['s'] },
    node('DequantizeLinear', ['s', 'scale', 'zero'], 'y'),
  ];
  const constants = { scale: scalar(0.5), unit: scalar(1), zero: scalar(100, 'uint8'), two: scalar(102, 'uint8') };
  expect(await differentiated({ nodes, constants }, { type: 'float32', dims: [3], data: [1, -2, 3] })).toEqual([3, 6, 9]);
});

test('a cast of floating-point numbers to integers stays a step, also where they are used as a quantised tensor', async () => {
  const nodes = [node('Cast', ['x'], 'q', { to: 2 }), node('DequantizeLinear', ['q', 'scale', 'zero'], 'y')];
  const constants = { scale: scalar(0.5), zero: scalar(0, 'uint8') };
  await expect(differentiated({ nodes, constants }, drawn(3))).rejects.toMatchObject({ code: 'no-gradient' });
});

test('an integer input has the derivative by its numbers, as float32', async () => {
  const nodes = [node('Cast', ['x'], 'f', { to: 1 }), node('Mul', ['f', 'scale'], 'y')];
  expect(await differentiated({ nodes, constants: { scale: scalar(0.5) } }, { type: 'uint8', dims: [3], data: [1, 2, 3] })).toEqual([
    0.5, 1, 1.5,
  ]);
});
