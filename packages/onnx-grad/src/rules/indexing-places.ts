import type { GraphBuilder, Value } from '../build/builder.js';
import { positions, range } from '../build/indices.js';
import { sizesOf, zerosWithRows } from '../build/rows.js';
import { sizeOf } from '../graph/facts.js';

/**
 * Cotangents put where their elements were taken from, and added up there. From operator set 16 on ScatterElements adds; before, a
 * product or a sum with ones at [position, index] does.
 */

/** What belongs to the rows of one image, with as many rows as a cotangent has. */
export function rowsLike(b: GraphBuilder, value: Value, cotangent: Value): Value {
  return b.expand(value, b.concat([b.sizes(cotangent, 0, 1), sizesOf(b, value, 1)], 0));
}

/** Whether two values are known to have as many rows. */
export function sameRows(b: GraphBuilder, one: Value, other: Value): boolean {
  const [rows, others] = [b.facts.dims(one)[0], b.facts.dims(other)[0]];
  return rows !== undefined && rows !== '' && rows === others;
}

/**
 * The transpose of GatherElements along an axis, in the shape of x.
 *
 * @param indices in the shape of g, but of one image's rows; may count from the back
 * @param distinct whether no place is met twice
 */
export function addElements(b: GraphBuilder, g: Value, indices: Value, axis: number, x: Value, distinct = false): Value {
  const apart = axis > 0 && sameRows(b, indices, x);
  if (b.opset >= 16 || (b.opset >= 11 && distinct)) {
    const zeros = zerosWithRows(b, x, g, apart ? axis : 0);
    const places = apart ? rowsLike(b, indices, g) : indices;
    return b.node('ScatterElements', [zeros, places, g], { axis, ...(distinct ? {} : { reduction: 'add' }) });
  }
  const met = b.keep(placesMet(b, b.unsqueeze(indices, [axis]), axis, x), b.unsqueeze(g, [axis]));
  return grown(b, b.sum(met, [axis + 1], false), axis, indices, x);
}

/** Whether an index, in a shape that has one more axis behind `axis`, is that position of x: [.., size of x, indices, ..]. */
function placesMet(b: GraphBuilder, indices: Value, axis: number, x: Value): Value {
  const column = [-1, ...new Array<number>(b.facts.rank(x) - axis).fill(1)];
  const all = positions(b, x, axis);
  const index = b.cast(indices, 'int64');
  const [front, back] = [all, b.sub(all, sizesOf(b, x, axis, axis + 1))].map((position) => b.equal(index, b.reshape(position, column)));
  return b.or(front ?? '', back ?? '');
}

/** Zeros behind the axes but one, along which the indices were shorter than x. */
function grown(b: GraphBuilder, value: Value, axis: number, indices: Value, x: Value): Value {
  const [from, to] = [b.facts.dims(indices), b.facts.dims(x)];
  const shorter = to.flatMap((size, other) => (other !== axis && (size !== from[other] || size === '') ? [other] : []));
  const zeros = to.map(() => 0);
  if (shorter.length === 0) return value;
  if (sizeOf(shorter.flatMap((other) => [from[other] ?? '', to[other] ?? ''])) !== undefined)
    return b.pad(value, [...zeros, ...to.map((size, other) => (other === axis ? 0 : Number(size) - Number(from[other])))]);
  const missing = to.map((_, other) =>
    shorter.includes(other) ? b.sub(b.sizes(x, other, other + 1), b.sizes(indices, other, other + 1)) : b.ints([0]),
  );
  return b.pad(value, b.concat([b.ints(zeros), ...missing], 0));
}

/**
 * Elements of g, [rows, picked, rest], added to zeros [rows, size, rest] at their places, [rows or 1, picked].
 *
 * @param size int64 [1]
 */
export function addAt(b: GraphBuilder, g: Value, places: Value, size: Value): Value {
  if (b.opset >= 16) {
    const zeros = b.expand(b.scalar(0, g), b.concat([b.sizes(g, 0, 1), size, b.sizes(g, 2, 3)], 0));
    return b.node('ScatterElements', [zeros, b.expand(b.unsqueeze(places, [2]), b.shape(g)), g], { axis: 1, reduction: 'add' });
  }
  const column = b.reshape(range(b, 0, size, 1), [-1, 1]);
  const oneHot = b.cast(b.equal(b.unsqueeze(places, [1]), column), b.typeOf(g));
  return b.matmul(oneHot, g);
}
