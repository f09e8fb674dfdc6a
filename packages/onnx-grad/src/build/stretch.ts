import { list } from '../graph/list.js';
import type { Dimension } from '../graph/types.js';
import type { GraphBuilder, Value } from './builder.js';

/** Where a stretch lies: positions from ≤ i < from + size of an axis. Axis 0 is never cut: rows stay whole. */
export interface Place {
  readonly axis: number;
  readonly from: number;
  readonly size: number;
}

/**
 * A cotangent that is 0 but in one place: how the gradient of a score begins that is read off a class token. Kept so, everything that treats the positions
 * of the axis apart is differentiated in that place alone, one token of two hundred.
 */
export interface Stretch extends Place {
  /** What is there, in the shape of the value that the cotangent belongs to but for the axis: as many rows as the cotangent has. */
  readonly value: Value;
}

export function isStretch(cotangent: Value | object | undefined): cotangent is Stretch {
  return typeof cotangent === 'object' && 'axis' in cotangent;
}

/** How much of an axis a stretch may take: cutting values costs as much as computing with half of them. */
const MAX_SHARE = 1 / 8;

/** Whether a place lies on an axis of this size, and is worth a stretch. */
export function isShort({ axis, from, size }: Place, whole: Dimension | undefined): boolean {
  return axis > 0 && typeof whole === 'number' && size > 0 && size <= MAX_SHARE * whole && from >= 0 && from + size <= whole;
}

/** A stretch with the zeros around it, in the shape of `like`. */
export function padded(b: GraphBuilder, { axis, from, size, value }: Stretch, like: Value): Value {
  const rank = b.facts.rank(like);
  const pads = list(2 * rank, () => 0);
  pads[axis] = from;
  pads[axis + rank] = Number(b.facts.dims(like)[axis]) - from - size;
  return b.pad(value, pads);
}
