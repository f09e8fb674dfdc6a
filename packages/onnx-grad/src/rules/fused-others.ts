import { composite } from './composite.js';
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
];
