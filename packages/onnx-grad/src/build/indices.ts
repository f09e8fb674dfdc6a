import { list } from '../graph/list.js';
import type { GraphBuilder, Value } from './builder.js';
import { sizesOf } from './rows.js';

/** 0, 1, 2 … over an axis of `like`, int64 [size]: a constant where the size is fixed. */
export function positions(b: GraphBuilder, like: Value, axis: number): Value {
  const size = b.facts.dims(like)[axis];
  if (typeof size === 'number') return b.ints(list(size, (index) => index));
  return range(b, 0, sizesOf(b, like, axis, axis + 1), 1);
}

/** Integers from a first one to before `to` (int64 [1]), known only at run time. */
export function range(b: GraphBuilder, from: number, to: Value, step: number): Value {
  b.need(11, 'counting to a size known only at run time');
  const scalar = (value: number) => b.constant('int64', [], [value]);
  return b.node('Range', [scalar(from), b.squeeze(to, [0]), scalar(step)]);
}
