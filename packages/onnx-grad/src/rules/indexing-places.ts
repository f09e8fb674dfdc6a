import type { GraphBuilder, Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { sizesOf, zerosWithRows } from '../build/rows.js';
import { type Facts, sizeOf } from '../graph/facts.js';
import { list } from '../graph/list.js';

/**
 * Cotangents put where their elements were taken from, and added up there. From operator set 16 on ScatterElements adds; before, a
 * product or a sum with ones at [position, index] does.
 */

/** What belongs to the rows of one image, with as many rows as a cotangent has. @param like a value of the graph in its shape */
export function rowsLike(b: GraphBuilder, value: Value, cotangent: Value, like = value): Value {
  return b.expand(value, b.concat([b.sizes(cotangent, 0, 1), sizesOf(b, like, 1)], 0));
}

/** Whether two values are known to have as many rows. */
export function sameRows(facts: Facts, one: Value, other: Value): boolean {
  const [rows, others] = [facts.dims(one)[0], facts.dims(other)[0]];
  return rows !== undefined && rows !== '' && rows === others;
}

/**
 * The transpose of GatherElements along an axis, in the shape of x.
 *
 * @param indices in the shape of g, but of one image's rows; may count from the back
 * @param distinct whether no place is met twice
 */
export function addElements(b: GraphBuilder, g: Value, indices: Value, axis: number, x: Value, distinct = false): Value {
  const apart = axis > 0 && sameRows(b.facts, indices, x);
  if (b.opset >= 16 || (b.opset >= 11 && distinct)) {
    const zeros = zerosWithRows(b, x, g, apart ? axis : 0);
    const places = apart ? rowsLike(b, indices, g) : indices;
    return b.node('ScatterElements', [zeros, places, g], { axis, ...adding(distinct) });
  }
  const met = b.keep(placesMet(b, b.unsqueeze(indices, [axis]), axis, x), b.unsqueeze(g, [axis]));
  return grown(b, b.sum(met, [axis + 1], false), axis, indices, x);
}

/** Whether an index, in a shape that has one more axis behind `axis`, is that position of x: [.., size of x, indices, ..]. */
function placesMet(b: GraphBuilder, indices: Value, axis: number, x: Value): Value {
  const column = [-1, ...list(b.facts.rank(x) - axis, () => 1)];
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

/** Where no place is met twice nothing needs adding, and older operator sets do. */
function adding(distinct: boolean): { readonly reduction?: string } {
  return distinct ? {} : { reduction: 'add' };
}

/**
 * Elements of g, [rows, picked, rest], added to zeros [rows, size, rest] at their places, [rows or 1, picked].
 *
 * @param all 0, 1, 2 … as many as there are places
 * @param distinct whether no place is met twice
 */
export function addAt(b: GraphBuilder, g: Value, places: Value, all: Value, distinct = false): Value {
  if (b.opset >= 16 || (b.opset >= 11 && distinct)) {
    const zeros = b.expand(b.scalar(0, g), b.concat([b.sizes(g, 0, 1), b.shape(all), b.sizes(g, 2, 3)], 0));
    return b.node('ScatterElements', [zeros, b.expand(b.unsqueeze(places, [2]), b.shape(g)), g], { axis: 1, ...adding(distinct) });
  }
  const met = b.equal(b.unsqueeze(places, [1]), b.reshape(all, [-1, 1]));
  return b.matmul(b.cast(met, b.typeOf(g)), g);
}

/** Parts of g along an axis, one for each of the indices, added to zeros in the shape of x. */
export function addAlong(b: GraphBuilder, g: Value, indices: Value, axis: number, x: Value): Value {
  const rank = b.facts.rank(x);
  if (b.opset >= 16) {
    const column = Array.from({ length: rank }, (_, other) => (other === axis ? -1 : 1));
    const places = b.expand(b.reshape(indices, column), b.shape(g));
    return b.node('ScatterElements', [zerosWithRows(b, x, g, axis), places, g], { axis, reduction: 'add' });
  }
  const position = positions(b, x, axis);
  const index = b.cast(b.reshape(indices, [-1, 1]), 'int64');
  // Indices may count from the back.
  const met = b.or(b.equal(index, position), b.equal(index, b.sub(position, sizesOf(b, x, axis, axis + 1))));
  const last = [...Array.from({ length: rank }, (_, other) => other).filter((other) => other !== axis), axis];
  const product = b.matmul(b.transpose(g, last), b.cast(met, b.typeOf(g)));
  return b.transpose(
    product,
    last.map((_, other) => last.indexOf(other)),
  );
}
