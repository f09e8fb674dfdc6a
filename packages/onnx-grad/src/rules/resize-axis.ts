import type { GraphBuilder, Value } from '../build/builder.js';
import { reshapeTo } from '../build/rows.js';

/**
 * Operators that act along one axis by a matrix of weights, as resizing and padding do: the operator itself, applied to the
 * identity, gives the matrix, exactly and for every size.
 */

/** The identity matrix in the element type of `like`. @param size int64 [1] */
export function identity(b: GraphBuilder, size: Value, like: Value): Value {
  b.need(9, 'an identity matrix (EyeLike)');
  const square = b.node('ConstantOfShape', [b.concat([size, size], 0)], {}, 'float32');
  // EyeLike makes no float16, and a cast between equal types is left out.
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
  const kept = new Array<number>(axis + 1).fill(0);
  return reshapeTo(b, b.matmul(matrix, reshapeTo(b, g, [...kept, -1])), [...kept, [x, axis + 1, rank]]);
}
