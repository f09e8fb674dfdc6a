import { list } from '../graph/list.js';
import type { GraphBuilder, Value } from './builder.js';
import { range } from './indices.js';
import { shapeOf, sizesOf } from './rows.js';

/**
 * A cotangent that is 0 but at one index of axis 1 in each row: how the gradient of a class score begins. Kept so, it reads one
 * row of the classifier's weights where the dense cotangent would multiply all of them by zeros.
 */
export interface Entry {
  /** The index in each row, int64 [rows]. */
  readonly index: Value;
  /** What is there: [rows, 1, …], the other axes as in the value that the cotangent belongs to; any axis may be 1 and is then broadcast. */
  readonly value: Value;
}

export function isEntry(cotangent: Value | object | undefined): cotangent is Entry {
  return typeof cotangent === 'object' && 'index' in cotangent;
}

/** 1 at the index of each row, 0 elsewhere: [rows, size of axis 1 of `like`, 1, …] in the rank of `like`. */
export function oneHot(b: GraphBuilder, index: Value, like: Value): Value {
  const flat = oneHots(b, index, like, 1);
  const rest = b.facts.rank(like) - 2;
  return b.unsqueeze(
    flat,
    Array.from({ length: rest }, (_, axis) => axis + 2),
  );
}

/**
 * 1 at each index, 0 elsewhere, along a new last axis as long as axis 1 of `like`.
 *
 * @param rank of the indices
 */
export function oneHots(b: GraphBuilder, indices: Value, like: Value, rank: number): Value {
  const type = b.cotangentType(like);
  if (b.opset < 9) return compared(b, b.unsqueeze(indices, [rank]), like);
  return b.node('OneHot', [indices, sizesOf(b, like, 1, 2), b.constant(type, [2], [0, 1])], { axis: -1 }, type);
}

/** The same before operator set 9, which has no OneHot: the index compared with 0, 1, 2 … */
function compared(b: GraphBuilder, index: Value, like: Value): Value {
  const size = b.facts.dims(like)[1];
  if (typeof size !== 'number') throw b.tooOld(9, `picking an entry of '${like}', whose size is known only at run time,`);
  const all = b.ints(list(size, (entry) => entry));
  return b.cast(b.equal(index, all), b.cotangentType(like));
}

/** What a value holds at the index of each row: [rows, 1, …]. The value has as many rows as there are indices, or one. */
export function pick(b: GraphBuilder, index: Value, held: Value): Value {
  const value = b.real(held);
  if (b.opset < 11) return b.sum(b.mul(value, oneHot(b, index, value)), [1]);
  // Rows and entries flattened into one axis: entry (row, index) lies at row · size + index, and row i of a value of one row is its first.
  const rank = b.facts.rank(value);
  const flat = b.reshape(value, shapeOf(b, [-1, [value, 2, rank]]));
  if (b.facts.dims(value)[0] === 1) return b.unsqueeze(b.gather(flat, index, 0), [1]);
  const rows = b.node('Mod', [range(b, 0, b.sizes(index, 0, 1), 1), b.sizes(value, 0, 1)]);
  const at = b.add(b.mul(rows, sizesOf(b, value, 1, 2)), index);
  return b.unsqueeze(b.gather(flat, at, 0), [1]);
}
