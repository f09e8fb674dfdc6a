import type { GraphBuilder, Value } from '../build/builder.js';
import { sizesOf } from '../build/rows.js';
import { list } from '../graph/list.js';

/** A size: a number where it is fixed, else int64 [1]. */
export type Size = number | Value;

/** The size of an axis of a value of the model. */
export function sizeOfAxis(b: GraphBuilder, value: Value, axis: number): Size {
  const size = b.facts.dims(value)[axis];
  return typeof size === 'number' ? size : sizesOf(b, value, axis, axis + 1);
}

export function sizeValue(b: GraphBuilder, size: Size): Value {
  return typeof size === 'number' ? b.ints([size]) : size;
}

/** Frequencies of a real signal that are no repetition: half of its size, and 1. */
export function onesided(b: GraphBuilder, size: Size): Size {
  return typeof size === 'number' ? Math.floor(size / 2) + 1 : b.add(b.div(size, b.ints([2])), b.ints([1]));
}

/** An axis cut, or filled up with zeros, at its end. @param rank of the value */
export function fitAxis(b: GraphBuilder, value: Value, rank: number, axis: number, from: Size, to: Size): Value {
  if (from === to) return value;
  const zeros = (count: number) => list(count, () => 0);
  if (typeof from === 'number' && typeof to === 'number')
    return b.pad(value, [...zeros(rank + axis), to - from, ...zeros(rank - 1 - axis)]);
  const end = b.sub(sizeValue(b, to), sizeValue(b, from));
  return b.pad(value, b.concat([b.ints(zeros(rank + axis)), end, ...(axis < rank - 1 ? [b.ints(zeros(rank - 1 - axis))] : [])], 0));
}

/** x · size, or x / size. */
export function scaleBySize(b: GraphBuilder, x: Value, size: Size, inverse: boolean): Value {
  if (typeof size === 'number') return b.scale(x, inverse ? 1 / size : size);
  const factor = b.cast(size, b.typeOf(x));
  return inverse ? b.div(x, factor) : b.mul(x, factor);
}
