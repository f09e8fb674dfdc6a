import type { GraphBuilder, Value } from '../build/builder.js';
import type { Attributes } from '../graph/attributes.js';
import { composite, type Expansion } from './composite.js';
import type { Rule, RuleContext } from './rule.js';

const domain = 'com.microsoft';

interface Packed {
  readonly inputs: number;
  readonly outputs: number;
  /** How many weights share a scale. */
  readonly block: number;
}

const packed = (a: Attributes): Packed => ({ inputs: a.int('K', 0), outputs: a.int('N', 0), block: a.int('block_size', 32) });

/** What the codes of four bits stand for: eight numbers and their negatives; or the quantiles of a normal distribution (arXiv 2305.14314). */
const positive = [0, 1 / 192, 2 / 3, 1, 1 / 3, 1 / 2, 1 / 6, 1 / 4];
const tables = [
  [...positive, ...positive.map((number) => -number)],
  [
    -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
    0.7229568362236023, 1,
  ],
];

const stacked = (c: RuleContext<unknown>): boolean => c.rank(c.x) > 1 && !c.wanted.has(5);

/** Products with weights W [outputs, inputs] that are stored in few bits; the other factor and the bias get theirs. */
export const fusedWeightRules: readonly Rule[] = [
  // A · Wᵀ + bias, W = (code − zero point) · scale with a scale and a zero point for each block of an output's inputs
  composite('MatMulNBits', {
    domain,
    attributes: (a) => ({ ...packed(a), bits: a.int('bits', 4) }),
    inputs: [0, 5],
    rows: stacked,
    expand: (e) => {
      if (e.optional(4) !== undefined) throw e.refuse('g_idx', 'given', 'left out: quantise the model again with its blocks in order');
      const { b } = e;
      const { inputs, outputs, block, bits } = e.attributes;
      const blocks = Math.ceil(inputs / block);
      const codes = b.reshape(codesOf(e, e.input(1), outputs, bits), [outputs, blocks, block]);
      const zeros = e.optional(3);
      const zero =
        zeros === undefined ? b.scalar(2 ** (bits - 1), e.x) : b.unsqueeze(b.slice(codesOf(e, zeros, outputs, bits), 1, 0, blocks), [2]);
      const scaled = b.mul(b.sub(codes, zero), b.reshape(e.input(2), [outputs, blocks, 1]));
      const product = multiply(e, b.slice(b.reshape(scaled, [outputs, -1]), 1, 0, inputs));
      const bias = e.optional(5);
      return [bias === undefined ? product : e.add(product, bias)];
    },
  }),
  // A · Wᵀ, W = table[code] · scale with a scale for each block of all weights
  composite('MatMulBnb4', {
    domain,
    attributes: (a) => {
      if (a.int('transB', 1) !== 1) throw a.refuse('transB', '0', '1: what 0 means differs between processors');
      return { ...packed(a), table: tables[a.int('quant_type', 0)] ?? [] };
    },
    inputs: [0],
    rows: stacked,
    expand: (e) => {
      const { b } = e;
      const { inputs, outputs, block, table } = e.attributes;
      if ((inputs * outputs) % block !== 0)
        throw e.refuse('the number of weights', `${inputs * outputs}`, `a multiple of block_size ${block}`);
      const codes = b.cast(unpacked(b, b.reshape(e.input(1), [1, -1]), [4, 0], 4), 'int64');
      const numbers = b.gather(b.constant(b.typeOf(e.x), [table.length], table), b.reshape(codes, [-1, block]), 0);
      return [multiply(e, b.reshape(b.mul(numbers, b.reshape(e.input(2), [-1, 1])), [outputs, inputs]))];
    },
  }),
];

/** The first input times the transpose of the weights. */
function multiply(e: Expansion<Packed>, weights: Value): Value {
  const { inputs, outputs } = e.attributes;
  const turned = e.b.transpose(weights, [1, 0]);
  e.facts.state(turned, { type: e.b.typeOf(e.x), dims: [inputs, outputs] });
  return e.emit('MatMul', [e.x, turned], {}, e.dims(e.y));
}

/** The codes for each output, [outputs, codes], in the type of the first input, the lowest bits first; what is no byte is a number already. */
function codesOf(e: Expansion<unknown>, stored: Value, outputs: number, bits: number): Value {
  const rows = e.b.reshape(stored, [outputs, -1]);
  if (e.b.typeOf(stored) !== 'uint8') return rows;
  const shifts = Array.from({ length: 8 / bits }, (_, index) => bits * index);
  return e.b.cast(unpacked(e.b, rows, shifts, bits), e.b.typeOf(e.x));
}

/** The numbers of some bits in each byte of [rows, bytes], as float32 [rows, numbers]. @param shifts how many bits lie below each of them, in order */
function unpacked(b: GraphBuilder, bytes: Value, shifts: readonly number[], bits: number): Value {
  const x = b.cast(bytes, 'float32');
  const above = (shift: number) => (shift === 0 ? x : b.node('Floor', [b.scale(x, 2 ** -shift)]));
  const digits = shifts.map((shift) => b.sub(above(shift), b.scale(above(shift + bits), 2 ** bits)));
  const apart = digits.map((digit) => b.unsqueeze(digit, [2]));
  return b.reshape(b.concat(apart, 2), b.concat([b.sizes(bytes, 0, 1), b.ints([-1])], 0));
}
