import type { GraphBuilder, Value } from '../build/builder.js';
import type { Entry } from '../build/entry.js';
import { reshapeRows, reshapeTo, zerosWithRows } from '../build/rows.js';
import { sizeOf } from '../graph/facts.js';
import { isFloating } from '../graph/types.js';
import { blockRules } from './layout-blocks.js';
import { padRule } from './layout-pad.js';
import { elementwise, type InputAxes, type Rule, type RuleContext, rule, type VjpContext } from './rule.js';
import { sliceRule } from './slice.js';

const pass = ({ g }: VjpContext<unknown>): Value => g;

/**
 * Operators that only give the elements another shape: the cotangent gets the input's shape back. Where the first dimension is known to stay, it is said to:
 * a runtime that can tell that two cotangents have as many rows adds them in the layout that convolutions leave them in.
 */
const reshaped = (c: VjpContext<unknown>): Value =>
  sameFirst(c) && c.dims(c.x)[0] !== '' ? reshapeTo(c.b, c.g, [0, [c.x, 1, c.rank(c.x)]]) : reshapeRows(c.b, c.g, c.x);

/** A reshape keeps rows apart where the first dimension stays what it is. */
const sameFirst = (c: RuleContext<unknown>): boolean => c.rank(c.x) > 0 && c.dims(c.x)[0] === c.dims(c.y)[0];

/** The axis that a reshape leaves as it is: with the same size, and as many elements before it. */
const keptAxis = (c: RuleContext<unknown>, axis: number): InputAxes | undefined => {
  const [from, to] = [c.dims(c.x), c.dims(c.y)];
  // The number of rows may be open.
  const first = sameFirst(c) ? 1 : 0;
  const before = sizeOf(to.slice(first, axis));
  const own = from.findIndex((size, at) => at >= first && size === to[axis] && sizeOf(from.slice(first, at)) === before);
  return own > 0 && before !== undefined ? [own] : undefined;
};

/** An entry stays one where only axes of size 1 behind it come or go: [rows, classes, 1, 1] and [rows, classes]. */
const reshapedEntry = (c: VjpContext<unknown>, { index, value }: Entry): Entry | undefined => {
  const [from, to] = [c.dims(c.y), c.dims(c.x)];
  const narrow = [from, to].every((dims) => dims.length >= 2 && dims.slice(2).every((size) => size === 1));
  if (!narrow || from[0] !== to[0] || from[1] !== to[1] || from.slice(0, 2).includes('')) return undefined;
  return { index, value: c.b.reshape(value, [-1, ...to.slice(1).map(() => 1)]) };
};

/** Another type of the same numbers: the cotangent gets the input's type back. */
const castBack = (c: VjpContext<unknown>): Value => {
  const type = c.b.typeOf(c.x);
  if (!isFloating(type)) throw c.refuse('its input', `of type ${type}`, 'floating-point');
  return c.b.cast(c.g, type);
};

/** Which axis of the input each axis of a Transpose is; without a word all are reversed. */
const order = (c: RuleContext<{ readonly perm: readonly number[] | undefined }>): readonly number[] =>
  c.attributes.perm ?? Array.from({ length: c.rank(c.x) }, (_, axis) => c.rank(c.x) - 1 - axis);

const passedEntry = (_: VjpContext<unknown>, entry: Entry): Entry => entry;

/** Layout: shapes, orders, parts and borders. */
export const layoutRules: readonly Rule[] = [
  elementwise('Identity', { vjp: pass, entry: passedEntry }),
  elementwise('Cast', { vjp: castBack }),
  elementwise('CastLike', { since: 15, inputs: [0], vjp: castBack }),
  rule('Flatten', { rows: sameFirst, vjp: reshaped, entry: reshapedEntry, along: keptAxis }),
  rule('Reshape', { inputs: [0], rows: sameFirst, vjp: reshaped, entry: reshapedEntry, along: keptAxis }),
  rule('Squeeze', { inputs: [0], rows: sameFirst, vjp: reshaped, entry: reshapedEntry, along: keptAxis }),
  rule('Unsqueeze', { inputs: [0], rows: sameFirst, vjp: reshaped, entry: reshapedEntry, along: keptAxis }),
  rule('Transpose', {
    attributes: (a) => ({ perm: a.ints('perm') }),
    rows: (c) => order(c)[0] === 0,
    along: (c, axis) => [order(c)[axis]],
    vjp: (c) => {
      const rank = c.rank(c.x);
      const perm = order(c);
      return c.b.transpose(
        c.g,
        Array.from({ length: rank }, (_, axis) => perm.indexOf(axis)),
      );
    },
  }),
  rule('Concat', {
    attributes: (a) => ({ axis: a.int('axis', 1) }),
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c, index) => {
      const axis = c.axis(c.attributes.axis);
      const parts = c.node.inputs.length;
      if (parts === 1) return c.g;
      if (parts > MAX_PARTS) throw c.refuse('its inputs', `${parts} values`, `at most ${MAX_PARTS}`);
      const sizes = c.node.inputs.map((input) => c.dims(input)[axis] ?? '');
      return cut(c.b, c.g, axis, c.node.inputs.slice(0, index), c.input(index), sizes);
    },
  }),
  rule('Split', {
    attributes: (a) => ({ axis: a.int('axis', 0) }),
    inputs: [0],
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c) => {
      const axis = c.axis(c.attributes.axis);
      const present = c.cotangents.find((cotangent) => cotangent !== undefined) ?? c.g;
      const parts = c.node.outputs.map((output, index) => c.cotangents[index] ?? zerosWithRows(c.b, output, present, axis));
      return c.b.concat(parts, axis);
    },
  }),
  padRule,
  sliceRule,
  rule('Expand', {
    inputs: [0],
    broadcasts: true,
    rows: (c) => c.rank(c.x) === c.rank(c.y),
    along: () => undefined,
    vjp: pass,
  }),
  ...blockRules,
];

/** Parts of a Concat. Where each begins is the sum of those before it: together the square of their number. */
const MAX_PARTS = 1024;

/** The part of g that came from `input`, which lies behind `before` along the axis. */
function cut(b: GraphBuilder, g: Value, axis: number, before: readonly Value[], input: Value, sizes: readonly (number | string)[]): Value {
  const fixed = sizes.slice(0, before.length + 1).filter((size) => typeof size === 'number');
  if (fixed.length === before.length + 1) {
    const from = fixed.slice(0, -1).reduce((sum, size) => sum + size, 0);
    return b.slice(g, axis, from, from + (fixed.at(-1) ?? 0));
  }
  const size = (value: Value) => b.sizes(value, axis, axis + 1);
  const from = before.reduce((sum, value) => b.add(sum, size(value)), b.ints([0]));
  return b.sliceBetween(g, axis, from, b.add(from, size(input)));
}
