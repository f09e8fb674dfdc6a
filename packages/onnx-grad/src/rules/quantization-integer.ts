import { composite, type Expansion } from './composite.js';
import { centred, dequantised, standing } from './quantization-scale.js';
import type { Rule, RuleContext } from './rule.js';

const microsoft = { domain: 'com.microsoft' };
const first = ({ wanted }: RuleContext<unknown>): boolean => wanted.size === 1 && wanted.has(0);

/** The product, plus the bias where there is one. */
function plus(e: Expansion<unknown>, product: string, bias: string | undefined): string {
  return bias === undefined ? product : e.add(product, bias, e.dims(e.y));
}

/** A zero point of the rows of A: a vector has one entry for each. */
const ofRows = { axis: -2 };
const ofColumns = { axis: -1 };

/** Products of integers without scales, and those that scale their result to floating-point numbers. */
export const integerRules: readonly Rule[] = [
  composite('ConvInteger', {
    inputs: [0, 1],
    rows: first,
    expand: (e) => {
      const [x, w] = [centred(e, e.x, { zero: e.optional(2) }), centred(e, e.input(1), { zero: e.optional(3), axis: 0 })];
      return [standing(e, 'Conv', [x, w])];
    },
  }),
  composite('MatMulInteger', {
    inputs: [0, 1],
    rows: first,
    expand: (e) => {
      const a = centred(e, e.x, { zero: e.optional(2), ...ofRows });
      return [standing(e, 'MatMul', [a, centred(e, e.input(1), { zero: e.optional(3), ...ofColumns })])];
    },
  }),
  composite('MatMulIntegerToFloat', {
    ...microsoft,
    inputs: [0, 1, 6],
    rows: first,
    expand: (e) => {
      const a = dequantised(e, e.x, { scale: e.input(2), zero: e.optional(4), ...ofRows });
      const b = dequantised(e, e.input(1), { scale: e.input(3), zero: e.optional(5), ...ofColumns });
      return [plus(e, standing(e, 'MatMul', [a, b]), e.optional(6))];
    },
  }),
  // A is quantised inside, straight through.
  composite('DynamicQuantizeMatMul', {
    ...microsoft,
    inputs: [0, 1, 4],
    rows: first,
    expand: (e) => {
      const b = dequantised(e, e.input(1), { scale: e.input(2), zero: e.optional(3), ...ofColumns });
      return [plus(e, standing(e, 'MatMul', [e.x, b]), e.optional(4))];
    },
  }),
];
