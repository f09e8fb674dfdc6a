import { sizeOf } from '../graph/facts.js';
import type { GraphBuilder, Value } from './builder.js';

/**
 * Shapes of cotangents. A cotangent has the shape of its value, but may have more rows (axis 0): K classes of one image.
 * So axis 0 comes from the cotangent and the rest from the value, and nothing is fixed that the model leaves open.
 */

/** The sizes of `like` from axis `from` to axis `to` as int64: a constant where they are fixed. */
export function sizesOf(b: GraphBuilder, like: Value, from: number, to?: number): Value {
  const dims = b.facts.dims(like).slice(from, to);
  const fixed = dims.filter((size) => typeof size === 'number');
  return fixed.length === dims.length ? b.ints(fixed) : b.sizes(like, from, to);
}

/** `cotangent` reshaped to the shape of `like`, its number of rows left free. */
export function reshapeRows(b: GraphBuilder, cotangent: Value, like: Value): Value {
  const rank = b.facts.rank(like);
  if (rank === 0) return b.reshape(cotangent, []);
  return reshapeTo(b, cotangent, [-1, [like, 1, rank]]);
}

/** A part of a shape: a size, or the sizes of a value from one axis to another. */
export type ShapePart = number | readonly [like: Value, from: number, to: number];

/** A shape from parts: one constant where all are fixed. */
export function shapeOf(b: GraphBuilder, parts: readonly ShapePart[]): Value {
  const flat: (number | Value)[] = [];
  for (const part of parts) {
    if (typeof part === 'number') flat.push(part);
    else {
      const [like, from, to] = part;
      const dims = b.facts.dims(like).slice(from, to);
      const fixed = dims.filter((size) => typeof size === 'number');
      if (fixed.length === dims.length) flat.push(...fixed);
      else flat.push(b.sizes(like, from, to));
    }
  }
  const pieces: Value[] = [];
  let run: number[] = [];
  for (const part of [...flat, '']) {
    if (typeof part === 'number') run.push(part);
    else {
      if (run.length > 0) pieces.push(b.ints(run));
      run = [];
      if (part !== '') pieces.push(part);
    }
  }
  return b.concat(pieces, 0);
}

export function reshapeTo(b: GraphBuilder, x: Value, parts: readonly ShapePart[]): Value {
  return b.reshape(x, shapeOf(b, parts));
}

/** Ones up to which a product with them spreads a value: the last maps of a network have 49 positions. */
const MAX_ONES = 256;

/** `cotangent`, of size 1 along `axes`, spread to the shape of `like`. */
export function expandRows(b: GraphBuilder, cotangent: Value, like: Value, axes: readonly number[]): Value {
  const sizes = b.facts.dims(like).map((size, axis) => (axes.includes(axis) ? size : 1));
  if (sizes.every((size) => size === 1)) return cotangent;
  // A product keeps the number of rows, which no runtime can tell of a computed shape.
  const ones = sizeOf(sizes) ?? Number.POSITIVE_INFINITY;
  if (!axes.includes(0) && ones > 0 && ones <= MAX_ONES) return b.repeat(cotangent, sizes.map(Number), axes);
  if (b.opset < 8) return b.add(cotangent, b.zerosLike(like));
  return b.expand(cotangent, axes.includes(0) ? sizesOf(b, like, 0) : b.concat([b.sizes(cotangent, 0, 1), sizesOf(b, like, 1)], 0), axes);
}

/** The value of an entry, [rows, 1, 1, …], spread over the space of `like`. */
export function expandEntry(b: GraphBuilder, value: Value, like: Value): Value {
  if (b.opset < 8) return b.add(value, b.zerosLike(b.slice(like, 1, 0, 1)));
  return b.expand(value, b.concat([b.sizes(value, 0, 2), sizesOf(b, like, 2)], 0));
}

/** Zeros in the shape of `like`; unless `axis` is 0, with as many rows as a cotangent that it stands beside along that axis. */
export function zerosWithRows(b: GraphBuilder, like: Value, cotangent: Value, axis: number): Value {
  const rank = b.facts.rank(like);
  if (b.opset >= 8) {
    const rows = axis === 0 ? sizesOf(b, like, 0) : b.concat([b.sizes(cotangent, 0, 1), sizesOf(b, like, 1)], 0);
    return b.expand(b.scalar(0, like), rows);
  }
  const zeros = b.zerosLike(like);
  if (axis === 0) return zeros;
  const column = Array.from({ length: rank - 1 }, (_, index) => index + 1).reduce((part, other) => b.slice(part, other, 0, 1), cotangent);
  return b.add(zeros, b.zerosLike(column));
}

/** 1 / (number of elements along `axes` of x), in x's element type: a constant where the sizes are fixed. */
export function inverseCount(b: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const dims = b.facts.dims(x);
  const fixed = sizeOf(axes.map((axis) => dims[axis] ?? ''));
  if (fixed !== undefined) return b.scalar(1 / fixed, x);
  const shape = b.shape(x);
  const sizes = b.gather(shape, b.ints(axes), 0);
  return b.div(b.scalar(1, x), b.product(sizes, x));
}

/** A tensor of ones shaped [1, 1, spatial sizes of x]. */
export function onesOverSpace(b: GraphBuilder, x: Value): Value {
  const rank = b.facts.rank(x);
  if (b.opset >= 8)
    return b.expand(
      b.constant(
        b.typeOf(x),
        Array.from({ length: rank }, () => 1),
        [1],
      ),
      shapeOf(b, [1, 1, [x, 2, rank]]),
    );
  const one = b.slice(b.slice(x, 0, 0, 1), 1, 0, 1);
  return b.shift(b.zerosLike(one), 1);
}
