import type { Attributes } from '../graph/attributes.js';
import { type ElementType, elementType } from '../graph/types.js';
import { integerRules } from './quantization-integer.js';
import { qlinearRules } from './quantization-linear.js';
import { inRange, spread } from './quantization-scale.js';
import { elementwise, type Rule, type RuleContext, rule } from './rule.js';

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

/** Quantising and dequantising, straight through: see `reals.ts`. */
const linear = (domain: string): Rule[] => [
  rule('QuantizeLinear', {
    domain,
    attributes: parse,
    quantized: true,
    inputs: [0],
    rows: sharedScale,
    vjp: (c) => {
      const { b, attributes } = c;
      const scale = spread(b, c.input(1), c.x, attributes);
      const given = c.optional(2);
      const zero = given === undefined ? undefined : spread(b, given, c.x, attributes);
      const type = given === undefined ? (attributes.type ?? 'uint8') : b.typeOf(given);
      const inside = inRange(b, b.cast(c.x, 'float32'), type, scale, zero);
      return b.cast(b.keep(inside, b.div(c.g, scale)), b.typeOf(c.x));
    },
  }),
  rule('DequantizeLinear', {
    domain,
    attributes: parse,
    quantized: true,
    inputs: [0],
    rows: sharedScale,
    vjp: (c) => c.b.mul(c.b.cast(c.g, 'float32'), spread(c.b, c.input(1), c.x, c.attributes)),
    entry: (c, { index, value }) =>
      c.rank(c.input(1)) === 0 ? { index, value: c.b.mul(c.b.cast(value, 'float32'), spread(c.b, c.input(1), c.x, {})) } : undefined,
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
