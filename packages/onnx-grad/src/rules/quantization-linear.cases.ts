import type { NewAttribute, NewNode } from '../bytes/write.js';
import { type Case, check, constant, fixed, whole } from '../testing/case.js';
import { column, node, quantisedOf, realOf, scales, zeros } from '../testing/quantised.js';

const microsoft = { domain: 'com.microsoft' };
type Attributes = Readonly<Record<string, NewAttribute>>;

/** Numbers that stand for ones from −3 to 3, and how they do. */
const tensor = (...dims: number[]) => whole(88, 112, 'uint8', ...dims);
const parameters = [scales(1 / 4), zeros('uint8', 100)] as const;
const operand = (...dims: number[]) => [tensor(...dims), ...parameters] as const;

/** A scale that keeps results far from the ends of the range, whose derivative is 0. */
const result = (scale: number) => [scales(scale), zeros('uint8', 120)] as const;

/** An operator of one tensor. */
function unary(
  operator: string,
  standard: string,
  dims: readonly number[],
  scale: number,
  { twinAttributes, ...rest }: Partial<Case> & { attributes?: Attributes; twinAttributes?: Attributes } = {},
): Case {
  return check(
    `QLinear${operator}`,
    Object.entries(rest.attributes ?? {})
      .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
      .join(', '),
    {
      ...microsoft,
      inputs: [...operand(...dims), ...result(scale)],
      twin: ([x = '', sx, zx, sy], [y]) => [
        ...realOf(x, sx, zx),
        node(standard, [`${x}/real`], 'real', twinAttributes ?? rest.attributes),
        quantisedOf('real', sy, y),
      ],
      ...rest,
    },
  );
}

/** An operator of two tensors. */
function binary(operator: string, left: readonly number[], right: readonly number[]): Case {
  return check(`QLinear${operator}`, `[${left}] with [${right}]`, {
    ...microsoft,
    inputs: [...operand(...left), ...operand(...right), ...result(1 / 8)],
    linear: true,
    unit: 16,
    twin: ([a = '', sa, za, b = '', sb, zb, sy], [y]) => [
      ...realOf(a, sa, za),
      ...realOf(b, sb, zb),
      node(operator, [`${a}/real`, `${b}/real`], 'real'),
      quantisedOf('real', sy, y),
    ],
  });
}

interface Convolution extends Partial<Case> {
  readonly attributes?: Attributes;
  readonly dims: readonly number[];
  readonly weight: readonly number[];
  /** A scale for each output channel. */
  readonly perChannel?: boolean;
}

function convolution(title: string, { dims, weight, perChannel = false, ...rest }: Convolution): Case {
  const outputs = weight[0] ?? 1;
  const each = (values: readonly number[]) => (perChannel ? values.slice(0, outputs) : values.slice(0, 1));
  return check('QLinearConv', title, {
    since: 10,
    inputs: [
      ...operand(...dims),
      constant(whole(-20, 20, 'int8', ...weight)),
      scales(...each([1 / 16, 1 / 32, 1 / 64])),
      zeros('int8', ...each([0, 0, 0])),
      ...result(1),
      constant(
        fixed(
          [outputs],
          Array.from({ length: outputs }, (_, index) => 100 * index),
          'int32',
        ),
      ),
    ],
    linear: true,
    unit: 16,
    twin: ([x = '', sx, zx, w = '', sw = '', , sy], [y]) => [
      ...realOf(x, sx, zx),
      ...(perChannel ? column(sw, weight.length - 1) : []),
      ...realOf(w, perChannel ? `${sw}/column` : sw),
      node('Conv', [`${x}/real`, `${w}/real`], 'real', rest.attributes),
      quantisedOf('real', sy, y),
    ],
    ...rest,
  });
}

const window = { kernel_shape: [2, 3], strides: [1, 2], pads: [1, 0, 0, 1] } as const;

/** The same operator on [rows, ...space, channels]: between two transpositions. */
function channelsLast(operator: string, standard: string, attributes: Attributes): Case {
  const turned = (nodes: readonly NewNode[]): NewNode[] => [
    node('Transpose', ['x0/real'], 'first', { perm: [0, 3, 1, 2] }),
    ...nodes,
    node('Transpose', ['pooled'], 'real', { perm: [0, 2, 3, 1] }),
  ];
  return check(operator, 'channels last', {
    ...microsoft,
    inputs: [...operand(2, 4, 5, 3), ...result(1 / 16)],
    attributes: { ...attributes, channels_last: 1 },
    linear: true,
    unit: 16,
    needsIfSymbolic: 10,
    twin: ([x = '', sx, zx, sy], [y]) => [
      ...realOf(x, sx, zx),
      ...turned([node(standard, ['first'], 'pooled', attributes)]),
      quantisedOf('real', sy, y),
    ],
  });
}

export const qlinearCases: readonly Case[] = [
  convolution('a scale', { dims: [2, 2, 5, 4], weight: [3, 2, 3, 2] }),
  convolution('a scale a channel, strides, pads', {
    dims: [2, 2, 5, 4],
    weight: [3, 2, 2, 3],
    perChannel: true,
    attributes: window,
    needsIfSymbolic: 10,
  }),
  convolution('depthwise', { dims: [2, 3, 5, 4], weight: [3, 1, 3, 3], perChannel: true, attributes: { group: 3, pads: [1, 1, 1, 1] } }),
  convolution('of ONNX Runtime', { ...microsoft, since: 11, dims: [2, 2, 5, 4], weight: [3, 2, 3, 2] }),
  check('QLinearMatMul', 'both differentiated', {
    since: 10,
    inputs: [...operand(2, 3, 4), ...operand(4, 2), ...result(1 / 2)],
    linear: true,
    unit: 16,
    twin: ([a = '', sa, za, b = '', sb, zb, sy], [y]) => [
      ...realOf(a, sa, za),
      ...realOf(b, sb, zb),
      node('MatMul', [`${a}/real`, `${b}/real`], 'real'),
      quantisedOf('real', sy, y),
    ],
  }),
  check('QLinearMatMul', 'a scale for each column', {
    since: 10,
    inputs: [...operand(3, 4), constant(whole(-20, 20, 'int8', 4, 2)), scales(0.25, 0.125), zeros('int8', 0, 0), ...result(1)],
    linear: true,
    unit: 16,
    twin: ([a = '', sa, za, b = '', sb, zb, sy], [y]) => [
      ...realOf(a, sa, za),
      ...realOf(b, sb, zb),
      node('MatMul', [`${a}/real`, `${b}/real`], 'real'),
      quantisedOf('real', sy, y),
    ],
  }),
  ...[true, false].flatMap((quantised) =>
    [0, 1].map((transB) =>
      check('QGemm', `transB ${transB}, ${quantised ? 'quantised' : 'floating-point'} output`, {
        ...microsoft,
        inputs: [
          ...operand(3, 4),
          constant(whole(-20, 20, 'int8', ...(transB === 1 ? [2, 4] : [4, 2]))),
          scales(0.25, 0.125),
          zeros('int8', 0, 0),
          constant(fixed([2], [30, -40], 'int32')),
          ...(quantised ? result(1) : []),
        ],
        attributes: { transB, alpha: { float: 0.5 } },
        linear: true,
        unit: 16,
        twin: ([a = '', sa, za, b = '', sb = '', , , sy], [y = '']) =>
          [
            ...realOf(a, sa, za),
            ...column(sb, 1),
            ...realOf(b, transB === 1 ? `${sb}/column` : sb),
            ...(transB === 1
              ? [node('Transpose', [`${b}/real`], 'weight', { perm: [1, 0] })]
              : [node('Identity', [`${b}/real`], 'weight')]),
            node('MatMul', [`${a}/real`, 'weight'], 'product'),
            node('Div', ['product', 'two'], quantised ? 'real' : y),
            {
              opType: 'Constant',
              inputs: [],
              outputs: ['two'],
              attributes: { value: { tensor: { type: 'float32', dims: [], data: [2] } } },
            } as NewNode,
            ...(quantised ? [quantisedOf('real', sy, y)] : []),
          ].sort((one, other) => Number(other.opType === 'Constant') - Number(one.opType === 'Constant')),
      }),
    ),
  ),
  binary('Add', [2, 3, 4], [2, 3, 4]),
  binary('Add', [2, 3, 4], [3, 1]),
  binary('Mul', [2, 3, 4], [2, 3, 4]),
  binary('Mul', [3, 1], [2, 3, 4]),
  unary('Sigmoid', 'Sigmoid', [2, 3, 4], 1 / 64, { unit: 4 }),
  unary('LeakyRelu', 'LeakyRelu', [2, 3, 4], 1 / 32, {
    attributes: { alpha: { float: 0.25 } },
    linear: true,
    unit: 4,
    // None is near the zero point, where the slope changes.
    inputs: [fixed([2, 3], [88, 91, 94, 106, 107, 112], 'uint8'), ...parameters, ...result(1 / 32)],
  }),
  unary('Softmax', 'Softmax', [2, 3, 4], 1 / 128, { attributes: { axis: -1, opset: 13 }, unit: 12, twinAttributes: { axis: -1 } }),
  unary('GlobalAveragePool', 'GlobalAveragePool', [2, 3, 4, 5], 1 / 64, { linear: true }),
  unary('AveragePool', 'AveragePool', [2, 3, 4, 5], 1 / 32, { attributes: window, linear: true, unit: 16, needsIfSymbolic: 10 }),
  channelsLast('QLinearGlobalAveragePool', 'GlobalAveragePool', {}),
  channelsLast('QLinearAveragePool', 'AveragePool', window),
  check('QLinearConcat', 'three', {
    ...microsoft,
    inputs: [...result(1 / 16), ...operand(2, 3, 2), ...operand(2, 1, 2), ...operand(2, 2, 2)],
    attributes: { axis: 1 },
    linear: true,
    unit: 16,
    needsIfSymbolic: 10,
    twin: ([sy, , ...parts], [y]) => [
      ...[0, 3, 6].flatMap((at) => realOf(parts[at], parts[at + 1], parts[at + 2])),
      node('Concat', [`${parts[0]}/real`, `${parts[3]}/real`, `${parts[6]}/real`], 'real', { axis: 1 }),
      quantisedOf('real', sy, y),
    ],
  }),
  check('QLinearWhere', 'broadcasting', {
    ...microsoft,
    since: 9,
    inputs: [fixed([2, 1, 4], [1, 0, 0, 1, 1, 1, 0, 0], 'bool'), ...operand(2, 3, 4), ...operand(3, 1), ...result(1 / 16)],
    linear: true,
    unit: 16,
    twin: ([condition = '', a = '', sa, za, b = '', sb, zb, sy], [y]) => [
      ...realOf(a, sa, za),
      ...realOf(b, sb, zb),
      node('Where', [condition, `${a}/real`, `${b}/real`], 'real'),
      quantisedOf('real', sy, y),
    ],
  }),
];
