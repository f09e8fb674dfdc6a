import type { NewNode } from '../bytes/write.js';
import type { ElementType } from '../graph/types.js';
import { between, type Case, check, constant, fixed, type Input, smooth, whole } from '../testing/case.js';
import { column, node, quantisedOf, realOf, scales, zeros } from '../testing/quantised.js';
import { integerCases } from './quantization-integer.cases.js';
import { qlinearCases } from './quantization-linear.cases.js';

/** x / scale, without steps and ends. */
const twinOfQuantize = ([x = '', scale]: readonly string[], [y]: readonly string[]): NewNode[] => [quantisedOf(x, scale, y)];

const twinOfDequantize = ([q, scale, zero]: readonly string[], [y = '']: readonly string[]): NewNode[] => [
  ...realOf(q, scale, zero),
  node('Identity', [`${q}/real`], y),
];

/** One scale for each channel of axis 1. */
const twinOfChannels =
  (twin: NonNullable<Case['twin']>, behind: number): NonNullable<Case['twin']> =>
  ([x = '', scale = '', zero = ''], outputs) => [
    ...column(scale, behind),
    ...column(zero, behind),
    ...twin([x, `${scale}/column`, `${zero}/column`], outputs),
  ];

/** Types to quantise to, from which operator set on, and a zero point within. */
const types: readonly (readonly [type: ElementType, since: number, low: number, high: number, zero: number])[] = [
  ['uint8', 10, 0, 255, 117],
  ['int8', 10, -128, 127, -3],
  ['uint16', 21, 0, 65_535, 32_000],
  ['int16', 21, -32_768, 32_767, 100],
];

const quantize = (domain: Pick<Case, 'domain'>, title: string, inputs: readonly Input[], rest: Partial<Case> = {}): Case =>
  check('QuantizeLinear', title, { ...domain, since: 10, inputs, twin: twinOfQuantize, linear: true, ...rest });

/** Steps are long: short ones would be lost in the rounding of numbers as large as 32,000. */
const dequantize = (domain: Pick<Case, 'domain'>, title: string, inputs: readonly Input[], rest: Partial<Case> = {}): Case =>
  check('DequantizeLinear', title, { ...domain, since: 10, inputs, twin: twinOfDequantize, linear: true, unit: 4096, ...rest });

const channels = (domain: Pick<Case, 'domain'>, since: number): Case[] => [
  quantize(domain, 'a scale a channel', [smooth(2, 3, 4), scales(0.25, 0.125, 0.5), zeros('uint8', 9, 117, 250)], {
    since,
    twin: twinOfChannels(twinOfQuantize, 1),
  }),
  quantize(domain, 'a scale for each of the last axis', [smooth(2, 3), scales(0.25, 0.125, 0.5), zeros('int8', 9, -17, 0)], {
    since,
    attributes: { axis: domain.domain === undefined ? -1 : 1 },
  }),
  dequantize(domain, 'a scale a channel', [whole(0, 255, 'uint8', 2, 3, 4), scales(0.25, 0.125, 0.5), zeros('uint8', 9, 117, 250)], {
    since,
    twin: twinOfChannels(twinOfDequantize, 1),
  }),
];

/** Blocks of two positions along the last axis. */
const inBlocks = (operator: 'QuantizeLinear' | 'DequantizeLinear', title: string, scale: Input, rest: Partial<Case> = {}): Case =>
  check(operator, title, {
    since: 21,
    inputs: [
      operator === 'QuantizeLinear' ? smooth(2, 4) : whole(0, 255, 'uint8', 2, 4),
      scale,
      constant(fixed([2, 2], [100, 120, 140, 160], 'uint8')),
    ],
    attributes: { axis: 1, block_size: 2 },
    linear: true,
    unit: operator === 'QuantizeLinear' ? 1 : 4096,
    anyBatch: false,
    twin: ([x = '', scale = '', zero = ''], outputs) => [
      {
        opType: 'Constant',
        inputs: [],
        outputs: ['block'],
        attributes: { value: { tensor: { type: 'int64', dims: [4], data: [0, 0, 1, 1] } } },
      },
      node('Gather', [scale, 'block'], 'scale', { axis: 1 }),
      node('Gather', [zero, 'block'], 'zero', { axis: 1 }),
      ...(operator === 'QuantizeLinear' ? twinOfQuantize : twinOfDequantize)([x, 'scale', 'zero'], outputs),
    ],
    ...rest,
  });

const blocks: readonly Case[] = (['QuantizeLinear', 'DequantizeLinear'] as const).flatMap((operator) => [
  inBlocks(operator, 'blocks', constant(fixed([2, 2], [0.25, 0.5, 0.125, 1]))),
  inBlocks(operator, 'scales of blocks that are differentiated', fixed([2, 2], [2, 3, 2.5, 4]), {
    unit: 1,
    linear: operator === 'DequantizeLinear',
  }),
]);

const microsoft = { domain: 'com.microsoft' };

export const quantizationCases: readonly Case[] = [
  ...types.flatMap(([type, since, low, high, zero]) => [
    quantize({}, type, [smooth(2, 3, 4), scales(1 / 16), zeros(type, zero)], { since }),
    dequantize({}, type, [whole(Math.max(low, zero - 9), Math.min(high, zero + 9), type, 2, 3, 4), scales(1 / 16), zeros(type, zero)], {
      since,
    }),
  ]),
  quantize({}, 'no zero point', [between(0.5, 1.5, 2, 3), scales(0.125)]),
  quantize({}, 'a scale in a vector', [smooth(2, 3), constant(fixed([1], [0.125])), constant(fixed([1], [50], 'uint8'))], { since: 13 }),
  quantize({}, 'the type said', [smooth(2, 3), scales(0.25)], { since: 21, attributes: { output_dtype: 3 } }),
  quantize({}, 'a scale that is differentiated', [smooth(2, 3), fixed([], [0.75]), zeros('uint8', 100)], { linear: false }),
  dequantize(
    {},
    'a scale that is differentiated',
    [whole(90, 110, 'uint8', 2, 3), fixed([1], [0.75]), constant(fixed([1], [100], 'uint8'))],
    { unit: 1 },
  ),
  dequantize(
    {},
    'scales of channels that are differentiated',
    [whole(-9, 9, 'int8', 2, 3, 2), fixed([3], [0.75, 0.5, 1.5]), zeros('int8', 1, 2, 3)],
    {
      since: 13,
      unit: 1,
      twin: twinOfChannels(twinOfDequantize, 1),
    },
  ),
  dequantize({}, 'int32 without a zero point', [whole(-500, 500, 'int32', 2, 3), scales(0.125)]),
  ...channels({}, 13),
  ...blocks,
  quantize(microsoft, 'uint8', [smooth(2, 3, 4), scales(1 / 16), zeros('uint8', 117)], { since: 7 }),
  dequantize(microsoft, 'int8', [whole(-128, 127, 'int8', 2, 3, 4), scales(1 / 16), zeros('int8', -3)], { since: 7 }),
  ...channels(microsoft, 7),
  // y_scale = (max − min) / 255, where 0 counts among the numbers; the twin of a quantised number is that of the same scale, held fixed.
  check('DynamicQuantizeLinear', '', {
    since: 11,
    inputs: [fixed([2, 2], [-1, 1.55, 0.3, -0.4])],
    outputs: 3,
    used: [0],
    linear: true,
    twin: ([x = ''], [y]) => [
      {
        opType: 'Constant',
        inputs: [],
        outputs: ['scale'],
        attributes: { value: { tensor: { type: 'float32', dims: [], data: [2.55 / 255] } } },
      },
      quantisedOf(x, 'scale', y),
    ],
  }),
  ...qlinearCases,
  ...integerCases,
];
