import type { Value } from '../build/builder.js';
import { composite, type Expansion } from './composite.js';
import { type Rule, type RuleContext, rule } from './rule.js';

const domain = 'com.microsoft';

/** Rows stay apart in a stack of matrices. */
const stacked = (c: RuleContext<unknown>): boolean => c.rank(c.x) > 2;

/** Operators of ONNX Runtime that stand alone. */
export const fusedOtherRules: readonly Rule[] = [
  // d X⁻¹ = −X⁻¹ · dX · X⁻¹, so X gets −Yᵀ · G · Yᵀ
  rule('Inverse', {
    domain,
    rows: stacked,
    vjp: (c) => {
      const rank = c.rank(c.x);
      const axes = Array.from({ length: rank }, (_, axis) => axis);
      const turned = c.b.transpose(c.y, [...axes.slice(0, -2), rank - 1, rank - 2]);
      return c.b.neg(c.b.matmul(turned, c.b.matmul(c.g, turned)));
    },
  }),
  rule('Trilu', {
    domain,
    inputs: [0],
    rows: stacked,
    vjp: ({ b, g, node }) => {
      b.need(14, 'Trilu');
      return b.again(node, [g, ...node.inputs.slice(1)]);
    },
  }),
  composite('ConvTransposeWithDynamicPads', {
    domain,
    inputs: [0, 1, 3],
    rows: ({ wanted }) => wanted.size === 1 && wanted.has(0),
    expand: (e) => {
      const attributes = { ...e.kept([]), pads: e.constantInts(2) ?? [] };
      return [e.emit('ConvTranspose', [e.x, e.input(1), e.optional(3) ?? ''], attributes, e.dims(e.y))];
    },
  }),
  // A · Wᵀ + bias, the weights W [outputs, inputs] stored in few bits; A and the bias get theirs.
  composite('MatMulNBits', {
    domain,
    attributes: (a) => ({ inputs: a.int('K', 0), outputs: a.int('N', 0), bits: a.int('bits', 4), block: a.int('block_size', 32) }),
    inputs: [0, 5],
    rows: (c) => c.rank(c.x) > 1 && !c.wanted.has(5),
    expand: (e) => {
      const product = e.emit('MatMul', [e.x, weights(e)], {}, e.dims(e.y));
      const bias = e.optional(5);
      return [bias === undefined ? product : e.add(product, bias)];
    },
  }),
];

interface Packed {
  readonly inputs: number;
  readonly outputs: number;
  readonly bits: number;
  /** How many inputs share a scale. */
  readonly block: number;
}

/** Weights [inputs, outputs]: (code − zero point) · scale, the last two one for each block of an output's inputs. */
function weights(e: Expansion<Packed>): Value {
  if (e.optional(4) !== undefined) throw e.refuse('g_idx', 'given', 'left out: quantise the model again with its blocks in order');
  const { b } = e;
  const { inputs, outputs, bits, block } = e.attributes;
  const blocks = Math.ceil(inputs / block);
  const codes = b.reshape(unpacked(e, e.input(1)), [outputs, blocks, block]);
  const zeros = e.optional(3);
  const zero = zeros === undefined ? b.scalar(2 ** (bits - 1), e.x) : b.unsqueeze(b.slice(unpacked(e, zeros), 1, 0, blocks), [2]);
  const scaled = b.mul(b.sub(codes, zero), b.reshape(e.input(2), [outputs, blocks, 1]));
  const result = b.transpose(b.slice(b.reshape(scaled, [outputs, -1]), 1, 0, inputs), [1, 0]);
  e.facts.state(result, { type: b.typeOf(e.x), dims: [inputs, outputs] });
  return result;
}

/** The numbers in each byte for an output, the lowest bits first: [outputs, numbers]. What is no byte is a number already. */
function unpacked(e: Expansion<Packed>, stored: Value): Value {
  const { b } = e;
  const { outputs, bits } = e.attributes;
  const rows = b.reshape(stored, [outputs, -1]);
  if (b.typeOf(stored) !== 'uint8') return rows;
  const x = b.cast(rows, 'float32');
  const above = (shift: number) => (shift === 0 ? x : b.node('Floor', [b.scale(x, 2 ** -shift)]));
  const digits = Array.from({ length: 8 / bits }, (_, index) => b.sub(above(bits * index), b.scale(above(bits * (index + 1)), 2 ** bits)));
  const apart = digits.map((digit) => b.unsqueeze(digit, [2]));
  return b.cast(b.reshape(b.concat(apart, 2), [outputs, -1]), b.typeOf(e.x));
}
