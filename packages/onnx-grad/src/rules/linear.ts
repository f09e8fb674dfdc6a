import type { GraphBuilder, Value } from '../build/builder.js';
import type { Entry } from '../build/entry.js';
import { unbroadcast } from '../build/unbroadcast.js';
import { broadcastAxes, type Rule, rule, type VjpContext } from './rule.js';

/** alpha · op(left) · op(right), by the operator that transposes without a copy. Operator sets before 11 demand an addend. */
function gemm(b: GraphBuilder, left: Value, right: Value, alpha: number, transA: number, transB: number): Value {
  const inputs = b.opset >= 11 ? [left, right] : [left, right, b.constant(b.typeOf(left), [1], [0])];
  return b.node('Gemm', inputs, { alpha: { float: alpha }, transA, transB });
}

/** The weights of one class in each row, times what arrives there: [rows, inputs]. @param axis along which the classes lie */
function weightsOf(b: GraphBuilder, weights: Value, axis: number, { index, value }: Entry): Value {
  const taken = b.gather(weights, index, axis);
  const rows = axis === 0 ? taken : b.transpose(taken, [1, 0]);
  return b.isOne(value) ? rows : b.mul(rows, value);
}

/** Matrix products. */
export const linearRules: readonly Rule[] = [
  // Y = α·A'·B' + β·C, where A' is A or its transpose. A' gets α·G·B'ᵀ, B' gets α·A'ᵀ·G, each transposed back where it was; C gets β·G.
  rule('Gemm', {
    attributes: (a) => ({ alpha: a.float('alpha', 1), beta: a.float('beta', 1), transA: a.int('transA', 0), transB: a.int('transB', 0) }),
    rows: ({ wanted, attributes }) => wanted.size === 1 && wanted.has(0) && attributes.transA === 0,
    vjp: [
      (c) => {
        const { alpha, transA, transB } = c.attributes;
        return transA === 0 ? gemm(c.b, c.g, c.input(1), alpha, 0, 1 - transB) : gemm(c.b, c.input(1), c.g, alpha, transB, 1);
      },
      (c) => {
        const { alpha, transA, transB } = c.attributes;
        return transB === 0 ? gemm(c.b, c.x, c.g, alpha, 1 - transA, 0) : gemm(c.b, c.g, c.x, alpha, 1, transA);
      },
      (c) => c.b.scale(unbroadcast(c.b, c.g, c.input(2), c.y), c.attributes.beta),
    ],
    entry: (c, entry, input) => {
      const { alpha, transA, transB } = c.attributes;
      return input === 0 && transA === 0 ? c.b.scale(weightsOf(c.b, c.input(1), 1 - transB, entry), alpha) : undefined;
    },
  }),
  // Y = A·B over the last two axes, the axes before them broadcast: A gets G·Bᵀ, B gets Aᵀ·G. A vector is a matrix of one row (left) or one column (right).
  rule('MatMul', {
    rows: (c) => c.rank(c.x) >= 2 && [...c.wanted].every((index) => index === 0 || c.rank(c.input(1)) === c.rank(c.y)),
    vjp: (c, index) => {
      const { b } = c;
      const [left, right] = [c.x, c.input(1)];
      const [row, column] = [c.rank(left) === 1, c.rank(right) === 1];
      let g = c.g;
      if (column) g = b.unsqueeze(g, [c.rank(c.y)]);
      if (row) g = b.unsqueeze(g, [c.rank(c.y) + (column ? 1 : 0) - 1]);
      const other = index === 0 ? (column ? b.unsqueeze(right, [1]) : right) : row ? b.unsqueeze(left, [0]) : left;
      const rank = Math.max(2, c.rank(index === 0 ? right : left));
      const turned = b.transpose(other, [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2]);
      const product = index === 0 ? b.matmul(g, turned) : b.matmul(turned, g);
      return matchShape(c, product, index === 0 ? left : right, index === 0 ? row : column, index);
    },
    // Rows of the product are those of the left matrix, columns those of the right one; the axes before them are broadcast.
    along: (c, axis) => {
      const [left, right, rank] = [c.rank(c.x), c.rank(c.input(1)), c.rank(c.y)];
      if (left === 1 || right === 1) return undefined;
      if (axis === rank - 2) return [left - 2, undefined];
      return axis === rank - 1 ? [undefined, right - 1] : broadcastAxes(c, axis);
    },
    entry: (c, entry, input) =>
      input === 0 && c.rank(c.x) === 2 && c.rank(c.input(1)) === 2 ? weightsOf(c.b, c.input(1), 1, entry) : undefined,
  }),
];

/** Sums what broadcasting spread over the axes before the last two, and drops the axis that a vector had gained. */
function matchShape(c: VjpContext<undefined>, product: Value, input: Value, vector: boolean, index: number): Value {
  const { b } = c;
  const other = index === 0 ? c.input(1) : c.x;
  const gained = (value: Value) => Math.max(2, c.rank(value));
  const rank = Math.max(gained(input), gained(other));
  const extra = rank - gained(input);
  const theirs = c.dims(other);
  const stacked = Array.from({ length: rank - 2 }, (_, axis) => axis);
  const spread = stacked.filter(
    (axis) => axis >= extra && c.facts.isOne(input, axis - extra) && (theirs[axis - (rank - gained(other))] ?? 1) !== 1,
  );
  let summed = b.sum(product, spread);
  if (extra > 0) summed = b.sum(summed, stacked.slice(0, extra), false);
  return vector ? b.squeeze(summed, [gained(input) - (index === 0 ? 2 : 1)]) : summed;
}
