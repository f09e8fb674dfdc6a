import type { Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import type { Attributes } from '../graph/attributes.js';
import { list } from '../graph/list.js';
import { type ElementType, elementType } from '../graph/types.js';
import { integerRules } from './quantization-integer.js';
import { qlinearRules } from './quantization-linear.js';
import { inRange, spread } from './quantization-scale.js';
import { timesAlong } from './resize-axis.js';
import { elementwise, type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

interface QuantizeAttributes {
  readonly axis: number;
  readonly block: number;
  readonly type: ElementType | undefined;
}

const parse = (a: Attributes): QuantizeAttributes => ({
  axis: a.int('axis', 1),
  block: a.int('block_size', 0),
  type: elementType(a.int('output_dtype', 0)),
});

/** Rows stay apart where they have no scales of their own. */
const sharedScale = (c: RuleContext<QuantizeAttributes>): boolean => {
  const dims = c.dims(c.input(1));
  return (
    dims.length === 0 || (dims.length === 1 && dims[0] === 1) || (c.axis(c.attributes.axis) > 0 && (dims.length === 1 || dims[0] === 1))
  );
};

/** Terms of every element's derivative by its scale, summed for each scale. */
function byScale(c: VjpContext<QuantizeAttributes>, terms: Value): Value {
  const { b, attributes } = c;
  const scale = c.input(1);
  const dims = c.dims(scale);
  if (attributes.block > 0) return b.cast(sumOfBlocks(c, terms), b.typeOf(scale));
  const kept = dims.length === 1 && dims[0] !== 1 ? c.axis(attributes.axis) : -1;
  const axes = list(c.rank(c.x), (axis) => axis).filter((axis) => axis !== kept);
  const sum = b.sum(terms, axes, false);
  return b.cast(dims.length === 1 && kept < 0 ? b.reshape(sum, [1]) : sum, b.typeOf(scale));
}

/** Sums over the blocks of an axis, of which the last may be shorter: a product with the matrix of which position is in which block. */
function sumOfBlocks(c: VjpContext<QuantizeAttributes>, terms: Value): Value {
  const { b, x, attributes } = c;
  const [axis, scale] = [c.axis(attributes.axis), c.input(1)];
  const blockOf = b.node('Div', [positions(b, x, axis), b.ints([attributes.block])]);
  const within = b.equal(b.reshape(positions(b, scale, axis), [-1, 1]), blockOf);
  return timesAlong(b, terms, b.cast(within, 'float32'), axis, scale);
}

/** Quantising and dequantising, straight through: see `reals.ts`. */
const linear = (domain: string): Rule[] => [
  // q = x / s + zero: dq/dx = 1 / s and dq/ds = −x / s² where it does not saturate.
  rule('QuantizeLinear', {
    domain,
    attributes: parse,
    quantized: true,
    inputs: [0, 1],
    rows: sharedScale,
    vjp: (c, input) => {
      const { b, attributes } = c;
      const scale = spread(b, c.input(1), c.x, attributes);
      const given = c.optional(2);
      const zero = given === undefined ? undefined : spread(b, given, c.x, attributes);
      const type = given === undefined ? (attributes.type ?? 'uint8') : b.typeOf(given);
      const x = b.cast(c.x, 'float32');
      const passed = b.keep(inRange(b, x, type, scale, zero), b.div(c.g, scale));
      return input === 0 ? b.cast(passed, b.typeOf(c.x)) : byScale(c, b.neg(b.div(b.mul(passed, x), scale)));
    },
  }),
  // x = (q − zero) · s
  rule('DequantizeLinear', {
    domain,
    attributes: parse,
    quantized: true,
    inputs: [0, 1],
    rows: sharedScale,
    vjp: (c, input) => {
      const { b, attributes } = c;
      const g = b.cast(c.g, 'float32');
      if (input === 0) return b.mul(g, spread(b, c.input(1), c.x, attributes));
      const [q, zero] = [b.real(c.x), c.optional(2)];
      return byScale(c, b.mul(g, zero === undefined ? q : b.sub(q, spread(b, zero, c.x, attributes))));
    },
    entry: (c, { index, value }, input) =>
      input === 0 && c.rank(c.input(1)) === 0
        ? { index, value: c.b.mul(c.b.cast(value, 'float32'), spread(c.b, c.input(1), c.x, {})) }
        : undefined,
  }),
];

/** Quantised operators: the derivative of the real-valued function that they stand for. */
export const quantizationRules: readonly Rule[] = [
  ...linear(''),
  ...linear('com.microsoft'),
  // Its scale follows its input, so that nothing saturates; scale and zero point count as constants.
  elementwise('DynamicQuantizeLinear', {
    quantized: true,
    inputs: [0],
    outputs: [0],
    vjp: ({ b, g, node }) => b.div(g, node.outputs[1] ?? ''),
  }),
  ...qlinearRules,
  ...integerRules,
];
