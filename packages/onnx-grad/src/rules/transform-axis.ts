import type { GraphBuilder, Value } from '../build/builder.js';
import { sizesOf } from '../build/rows.js';
import { list } from '../graph/list.js';

/** A size: a number where it is fixed, else int64 [1]. */
export type Size = number | Value;

/** An axis counted from the front, or an int64 scalar that is computed at run time. */
export type Axis = number | Value;

/** The size of an axis of a value of the model. */
export function sizeOfAxis(b: GraphBuilder, value: Value, axis: Axis): Size {
  if (typeof axis === 'string') return b.reshape(b.gather(b.shape(value), axis, 0), [1]);
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

/** 1 at an axis that is computed, 0 at the others. */
export function isAxis(b: GraphBuilder, rank: number, axis: Value): Value {
  const fromFront = b.node('Mod', [b.add(b.reshape(axis, [1]), b.ints([rank])), b.ints([rank])]);
  return b.cast(b.equal(b.ints(list(rank, (each) => each)), fromFront), 'int64');
}

/** An axis cut, or filled up with zeros, at its end. @param rank of the value */
export function fitAxis(b: GraphBuilder, value: Value, rank: number, axis: Axis, from: Size, to: Size): Value {
  if (from === to) return value;
  const zeros = (count: number) => list(count, () => 0);
  if (typeof axis === 'string') {
    const ends = b.mul(isAxis(b, rank, axis), b.sub(sizeValue(b, to), sizeValue(b, from)));
    return b.pad(value, b.concat([b.ints(zeros(rank)), ends], 0));
  }
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
