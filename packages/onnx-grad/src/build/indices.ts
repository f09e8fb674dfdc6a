import { sizeOf } from '../graph/facts.js';
import { list } from '../graph/list.js';
import type { GraphBuilder, Value } from './builder.js';
import { sizesOf } from './rows.js';

/** Numbers up to which a list is stored in the model's file; more are counted when it runs, where the operator set can. */
const MAX_STORED = 64;

/** 0, 1, 2 … over an axis of `like`, int64 [size]: a constant where the size is fixed and small. */
export function positions(b: GraphBuilder, like: Value, axis: number): Value {
  const size = b.facts.dims(like)[axis];
  if (typeof size === 'number' && stored(b, size)) return b.ints(list(size, (index) => index));
  return range(b, 0, sizesOf(b, like, axis, axis + 1), 1);
}

/** The same over all elements of some axes, counted in their order. */
export function flatPositions(b: GraphBuilder, like: Value, from: number, to: number): Value {
  const size = sizeOf(b.facts.dims(like).slice(from, to));
  if (size !== undefined && stored(b, size)) return b.ints(list(size, (index) => index));
  return range(b, 0, b.node('ReduceProd', [sizesOf(b, like, from, to)], { keepdims: 1 }), 1);
}

/** Whether a list of numbers is written into the file. */
function stored(b: GraphBuilder, size: number): boolean {
  return b.opset < 11 || size <= MAX_STORED;
}

/** Integers from a first one to before `to` (int64 [1]), known only at run time. */
export function range(b: GraphBuilder, from: number, to: Value, step: number): Value {
  b.need(11, 'counting to a size known only at run time');
  const scalar = (value: number) => b.constant('int64', [], [value]);
  return b.node('Range', [scalar(from), b.squeeze(to, [0]), scalar(step)]);
}
