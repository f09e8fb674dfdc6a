import type { GraphBuilder, Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { reshapeTo, sizesOf } from '../build/rows.js';
import { sizeOf } from '../graph/facts.js';
import { list } from '../graph/list.js';

/**
 * Operators that act along one axis by a matrix of weights, as resizing and padding do: the operator itself, applied to the
 * identity, gives the matrix, exactly and for every size. Where the sizes are fixed, ONNX Runtime computes it when it loads the model.
 */

/** The identity matrix over an axis of x, in the element type of `like`. */
export function identity(b: GraphBuilder, x: Value, axis: number, like: Value): Value {
  if (b.opset >= 9) return identityOf(b, sizesOf(b, x, axis, axis + 1), like);
  if (sizeOf(b.facts.dims(x).slice(axis, axis + 1)) === undefined)
    throw b.tooOld(9, 'an identity matrix whose size is known only at run time');
  const all = positions(b, x, axis);
  return b.cast(b.equal(b.reshape(all, [-1, 1]), all), b.typeOf(like));
}

/** The identity matrix of a size, int64 [1], from operator set 9 on. */
export function identityOf(b: GraphBuilder, size: Value, like: Value): Value {
  const square = b.node('ConstantOfShape', [b.concat([size, size], 0)], {}, 'float32');
  return b.cast(b.node('EyeLike', [square]), b.typeOf(like));
}

/**
 * The transpose of y = x · matrix along one axis: g · matrixᵀ.
 *
 * @param matrix [size of x, size of y]
 * @param g has y's size along `axis`, and x's behind it
 */
export function timesAlong(b: GraphBuilder, g: Value, matrix: Value, axis: number, x: Value): Value {
  const rank = b.facts.rank(x);
  if (rank === 1) return b.matmul(matrix, g);
  if (axis === rank - 1) return b.matmul(g, b.transpose(matrix, [1, 0]));
  if (axis === rank - 2) return b.matmul(matrix, g);
  const kept = list(axis + 1, () => 0);
  return reshapeTo(b, b.matmul(matrix, reshapeTo(b, g, [...kept, -1])), [...kept, [x, axis + 1, rank]]);
}
