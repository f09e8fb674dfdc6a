import type { GraphBuilder, Value } from './builder.js';
import { type Entry, isEntry, oneHot } from './entry.js';
import { padded, type Stretch } from './stretch.js';

/** The cotangent of a value: dense, in the value's shape, or in a form that leaves zeros unwritten. */
export type Cotangent = Value | Entry | Stretch;

/** A cotangent in the shape of `like`, with as many rows as it has. */
export function dense(b: GraphBuilder, cotangent: Cotangent, like: Value): Value {
  if (typeof cotangent === 'string') return cotangent;
  return isEntry(cotangent) ? b.mul(oneHot(b, cotangent.index, like), cotangent.value) : padded(b, cotangent, like);
}
