import type { Value } from '../build/builder.js';
import type { Attributes } from '../graph/attributes.js';
import type { Dimension } from '../graph/types.js';
import { composite, type Expansion } from './composite.js';
import { fusedActivationRules } from './fused-activation.js';
import { fusedAttentionRules } from './fused-attention.js';
import { fusedNormalizationRules } from './fused-normalization.js';
import { fusedOtherRules } from './fused-others.js';
import { fusedWeightRules } from './fused-weights.js';
import type { Rule } from './rule.js';

const domain = 'com.microsoft';

/** An activation by its name, with its parameters in the order in which ONNX Runtime lists them. */
interface Activation {
  readonly name: string;
  readonly parameters: readonly number[];
}

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  LeakyRelu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  Clip: ['min', 'max'],
};

function activation(a: Attributes, parameters: readonly number[]): Activation | undefined {
  const name = a.string('activation', '');
  return name === '' ? undefined : { name, parameters };
}

/** The activation of x, as the standard operator. */
function activate(e: Expansion<unknown>, x: Value, { name, parameters }: Activation): Value {
  if (name === 'Clip' && e.opset >= 11) return e.emit('Clip', [x, ...parameters.map((bound) => e.b.scalar(bound, x))]);
  const named = (PARAMETERS[name] ?? []).flatMap((parameter, index) => {
    const value = parameters[index];
    return value === undefined ? [] : [[parameter, { float: value }] as const];
  });
  return e.emit(name, [x], Object.fromEntries(named));
}

/** Operators that ONNX Runtime writes when it saves an optimised model. */
export const fusedRules: readonly Rule[] = [
  // activation(Conv(x, w, bias) + z)
  composite('FusedConv', {
    domain,
    attributes: (a) => activation(a, a.get('activation_params')?.floats ?? []),
    rows: ({ wanted }) => [...wanted].every((index) => index === 0 || index === 3),
    expand: (e) => {
      const [x = '', weight = '', bias = '', z] = e.node.inputs;
      const convolved = e.emit('Conv', [x, weight, bias], e.kept(['activation', 'activation_params']), e.dims(e.y));
      const sum = z ? e.add(convolved, z) : convolved;
      return [e.attributes === undefined ? sum : activate(e, sum, e.attributes)];
    },
  }),
  // activation(Gemm(a, b, c))
  composite('FusedGemm', {
    domain,
    attributes: (a) => ({
      after: activation(
        a,
        ['activation_alpha', 'activation_beta'].filter((name) => a.has(name)).map((name) => a.float(name, 0)),
      ),
      transA: a.int('transA', 0),
    }),
    rows: ({ wanted, attributes }) => wanted.size === 1 && wanted.has(0) && attributes.transA === 0,
    expand: (e) => {
      const extra = ['activation', 'activation_alpha', 'activation_beta', 'activation_gamma'];
      // Operator sets before 11 demand an addend.
      const addend = e.optional(2) ?? (e.opset < 11 ? e.b.constant(e.b.typeOf(e.x), [1], [0]) : '');
      const product = e.emit('Gemm', [e.x, e.input(1), addend], e.kept(extra), e.dims(e.y));
      return [e.attributes.after === undefined ? product : activate(e, product, e.attributes.after)];
    },
  }),
  // alpha · A' · B', where A' is A with its axes in another order
  ...['FusedMatMul', 'TransposeMatMul'].map((operator) =>
    composite(operator, {
      domain,
      attributes: (a) => ({
        alpha: a.float('alpha', 1),
        left: { matrix: a.int('transA', 0) === 1, batch: a.int('transBatchA', 0) === 1 },
        right: { matrix: a.int('transB', 0) === 1, batch: a.int('transBatchB', 0) === 1 },
      }),
      // The first axis is a batch where it counts the rows of a matrix or the matrices of a stack.
      rows: (c) =>
        [...c.wanted].every((index) => {
          const { matrix, batch } = index === 0 ? c.attributes.left : c.attributes.right;
          const rank = c.rank(c.input(index));
          return !batch && rank === c.rank(c.y) && rank > (index === 0 && !matrix ? 1 : 2);
        }),
      expand: (e) => {
        const { alpha, left, right } = e.attributes;
        const product = e.emit('MatMul', [turned(e, e.x, left), turned(e, e.input(1), right)], {}, e.dims(e.y));
        return [e.scale(product, alpha)];
      },
    }),
  ),
  ...fusedActivationRules,
  ...fusedAttentionRules,
  ...fusedNormalizationRules,
  ...fusedOtherRules,
  ...fusedWeightRules,
];

/** A factor of a product with its axes in the order of a stack of matrices: `batch` says that the first of them lies before the stack, `matrix` that each is transposed. */
function turned(e: Expansion<unknown>, x: Value, { matrix, batch }: { readonly matrix: boolean; readonly batch: boolean }): Value {
  const rank = e.rank(x);
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  if (rank < 2) return x;
  const stack = batch ? axes.slice(1, -1) : axes.slice(0, -2);
  const [row = 0, column = 1] = batch ? [0, rank - 1] : axes.slice(-2);
  const perm = [...stack, ...(matrix ? [column, row] : [row, column])];
  if (perm.every((from, to) => from === to)) return x;
  const dims = e.dims(x);
  return e.emit(
    'Transpose',
    [x],
    { perm },
    perm.map((axis): Dimension => dims[axis] ?? ''),
  );
}
