import type { GraphBuilder, Value } from '../build/builder.js';
import { flatPositions, positions } from '../build/indices.js';
import { reshapeRows, sizesOf } from '../build/rows.js';
import { isShort } from '../build/stretch.js';
import type { Attributes } from '../graph/attributes.js';
import { list } from '../graph/list.js';
import { addAt } from './indexing-places.js';
import { type RuleContext, rule, type VjpContext } from './rule.js';

interface SliceAttributes {
  readonly starts: readonly number[] | undefined;
  readonly ends: readonly number[] | undefined;
  readonly axes: readonly number[] | undefined;
}

const parse = (a: Attributes): SliceAttributes => ({ starts: a.ints('starts'), ends: a.ints('ends'), axes: a.ints('axes') });

/** The axes that are cut; undefined where they are known only at run time. */
function axesOf(c: RuleContext<SliceAttributes>): number[] | undefined {
  const given = c.attributes.axes ?? constant(c, 3);
  if (given !== undefined) return given.map((axis) => c.axis(axis));
  if (c.optional(3) !== undefined) return undefined;
  const count = c.attributes.starts?.length ?? c.dims(c.input(1))[0];
  return typeof count === 'number' ? list(count, (axis) => axis) : undefined;
}

function constant(c: RuleContext<SliceAttributes>, input: number): readonly number[] | undefined {
  return c.facts.graph.constant(c.optional(input) ?? '')?.data;
}

/** Zeros are written between the positions that a step takes; real models take every second. */
const MAX_STEP = 1024;

/** A slice of one axis takes positions first, first + step, … The cotangent goes back to these, and zeros between and around. */
export const sliceRule = rule('Slice', {
  attributes: parse,
  inputs: [0],
  rows: (c) => axesOf(c)?.includes(0) === false && (c.optional(4) === undefined || constant(c, 4) !== undefined),
  stretch: (c) => {
    const [axis, ...others] = axesOf(c) ?? [];
    const [step = 1] = c.optional(4) === undefined ? [] : (constant(c, 4) ?? [0]);
    if (axis === undefined || others.length > 0 || step !== 1) return undefined;
    const whole = c.dims(c.x)[axis];
    const { low: from = 0, count: size = 0 } = fixedBounds(c, 0, whole, step) ?? {};
    return isShort({ axis, from, size }, whole) ? { axis, from, size, value: c.g } : undefined;
  },
  vjp: (c) => {
    const axes = axesOf(c);
    const steps = c.optional(4) === undefined ? axes?.map(() => 1) : constant(c, 4);
    if (axes === undefined || steps === undefined) return placed(c);
    return axes.reduce((g, axis, index) => unslice(c, g, axis, steps[index] ?? 1, index), c.g);
  },
});

/** Axes or steps known only at run time: the same slice of 0, 1, 2 … tells which elements are taken. */
function placed(c: VjpContext<SliceAttributes>): Value {
  const { b, x, g } = c;
  b.need(11, 'the gradient of Slice with computed axes or steps');
  const all = flatPositions(b, x, 0, c.rank(x));
  const taken = b.again(c.node, [b.reshape(all, b.shape(x)), ...c.node.inputs.slice(1)]);
  return reshapeRows(b, addAt(b, b.reshape(g, [1, -1, 1]), b.reshape(taken, [1, -1]), all, true), x);
}

/** The cotangent before one axis was cut. */
function unslice(c: VjpContext<SliceAttributes>, cotangent: Value, axis: number, step: number, index: number): Value {
  const { b } = c;
  const taken = step < 0 ? reversed(b, cotangent, axis) : cotangent;
  const stride = Math.abs(step);
  if (stride > MAX_STEP) throw c.refuse(`its step along axis ${axis}`, String(step), `at most ${MAX_STEP}`);
  const spaced = stride === 1 ? taken : interleaveZeros(b, taken, axis, stride);
  const size = c.dims(c.x)[axis];
  const rank = c.rank(c.x);
  const bounds = fixedBounds(c, index, size, step);
  if (bounds !== undefined && typeof size === 'number') {
    const { low, count } = bounds;
    const pads = list(2 * rank, () => 0);
    pads[axis] = low;
    pads[axis + rank] = size - low - count * stride;
    return b.pad(spaced, pads);
  }
  // Bounds or size known only at run time: the same slice of 0, 1, 2 … tells where it begins.
  b.need(11, 'the gradient of Slice with computed bounds');
  const length = sizesOf(b, c.x, axis, axis + 1);
  const all = positions(b, c.x, axis);
  const bound = (input: number, attribute: readonly number[] | undefined) =>
    attribute === undefined ? b.slice(c.input(input), 0, index, index + 1) : b.ints([attribute[index] ?? 0]);
  const taking = b.node('Slice', [
    all,
    b.cast(bound(1, c.attributes.starts), 'int64'),
    b.cast(bound(2, c.attributes.ends), 'int64'),
    b.ints([0]),
    b.ints([step]),
  ]);
  const low = b.node('ReduceMin', [taking], { keepdims: 1 });
  const covered = b.sizes(spaced, axis, axis + 1);
  const after = b.sub(b.sub(length, low), covered);
  const zeros = (count: number) => b.ints(list(count, () => 0));
  return b.pad(spaced, b.concat([...some(axis, zeros), low, ...some(rank - 1, zeros), after, ...some(rank - 1 - axis, zeros)], 0));
}

function some(count: number, make: (count: number) => Value): Value[] {
  return count > 0 ? [make(count)] : [];
}

/** Where a slice with constant bounds on an axis of fixed size begins, counted from the front, and how many positions it takes. */
function fixedBounds(
  c: VjpContext<SliceAttributes>,
  index: number,
  size: number | string | undefined,
  step: number,
): { low: number; count: number } | undefined {
  const start = (c.attributes.starts ?? constant(c, 1))?.[index];
  const end = (c.attributes.ends ?? constant(c, 2))?.[index];
  if (start === undefined || end === undefined || typeof size !== 'number') return undefined;
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value < 0 ? value + size : value, low), high);
  if (step > 0) {
    const low = clamp(start, 0, size);
    return { low, count: Math.max(0, Math.ceil((clamp(end, 0, size) - low) / step)) };
  }
  const high = clamp(start, -1, size - 1);
  const count = Math.max(0, Math.ceil((high - clamp(end, -1, size - 1)) / -step));
  return { low: high + (count - 1) * step, count };
}

/** An axis from its last position to its first. */
function reversed(b: GraphBuilder, value: Value, axis: number): Value {
  return b.node('Slice', [value, b.ints([-1]), b.ints([-(2 ** 31)]), b.ints([axis]), b.ints([-1])]);
}

/** Each position of an axis followed by stride − 1 zeros. */
function interleaveZeros(b: GraphBuilder, value: Value, axis: number, stride: number): Value {
  // Merging the new axis into the one before it needs the sizes at run time: the number of rows is the cotangent's own.
  const before = axis > 0 ? [b.sizes(value, 0, axis)] : [];
  const shape = b.concat([...before, b.ints([-1]), b.sizes(value, axis + 1)], 0);
  return b.reshape(padNew(b, b.unsqueeze(value, [axis + 1]), axis + 1, stride - 1), shape);
}

/** Zeros behind the one position of a new axis: [.., 1, ..] → [.., 1 + count, ..]. */
function padNew(b: GraphBuilder, value: Value, axis: number, count: number): Value {
  const zeros = b.zerosLike(value);
  return b.concat([value, ...Array.from({ length: count }, () => zeros)], axis);
}
