import type { Dimension } from '../types.js';
import { each, type ShapeRule, type ShapeRules } from './rule.js';
import { broadcast, type Dims, fromFront, joined } from './step.js';

/** numpy's matmul of the inputs of two indices: a vector is a row on the left and a column on the right. */
const matmul =
  (left: number, right: number): ShapeRule =>
  (s) => {
    const [a, b] = [s.dims(left), s.dims(right)];
    if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return undefined;
    const batches = broadcast([a.slice(0, -2), b.slice(0, -2)]) ?? [];
    return [...batches, ...a.slice(-2, -1), ...(b.length > 1 ? b.slice(-1) : [])];
  };

/** Longest equation that is read: two operands of all 52 labels, and their output. */
const MAX_EQUATION = 256;

/** Every label has one size; ellipses are left to others. */
const einsum: ShapeRule = (s) => {
  const text = s.a.string('equation', '').replaceAll(' ', '');
  const [left = '', right] = text.split('->');
  if (text.length > MAX_EQUATION || text.includes('.') || right === undefined) return undefined;
  const sizes = new Map<string, Dimension>();
  for (const [input, term] of left.split(',').entries()) {
    const dims = s.dims(input);
    if (dims?.length !== term.length) return undefined;
    for (const [axis, label] of [...term].entries()) sizes.set(label, joined(sizes.get(label) ?? 1, dims[axis] ?? ''));
  }
  return [...right].map((label) => sizes.get(label) ?? '');
};

const without = (x: Dims, gone: ReadonlySet<number>, keep: boolean): Dims =>
  keep ? x.map((size, axis) => (gone.has(axis) ? 1 : size)) : x.filter((_, axis) => !gone.has(axis));

const reduce: ShapeRule = (s, x) => {
  const axes = s.ints('axes', 1) ?? (s.has(1) ? undefined : []);
  if (axes === undefined) return undefined;
  if (axes.length === 0 && s.a.int('noop_with_empty_axes', 0) === 1) return x;
  const gone = new Set(axes.length === 0 ? x.keys() : axes.map((axis) => fromFront(axis, x.length)));
  return without(x, gone, s.a.int('keepdims', 1) === 1);
};

/** Operators that sum over axes, or choose along them. */
export const productShapes: ShapeRules = {
  MatMul: matmul(0, 1),
  MatMulInteger: matmul(0, 1),
  QLinearMatMul: matmul(0, 3),
  Gemm: (s, x) => [x[s.a.int('transA', 0)] ?? '', s.dims(1)?.[1 - s.a.int('transB', 0)] ?? ''],
  Einsum: einsum,
  ...each('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp', reduce),
  ...each('ArgMax ArgMin', (s, x) => without(x, new Set([fromFront(s.a.int('axis', 0), x.length)]), s.a.int('keepdims', 1) === 1)),
  TopK: (s, x) => {
    const along = fromFront(s.a.int('axis', -1), x.length);
    const count = s.a.get('k')?.i ?? s.tensor(1)?.data[0] ?? '';
    return x.map((size, axis) => (axis === along ? count : size));
  },
};
