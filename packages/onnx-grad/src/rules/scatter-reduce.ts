import type { Value } from '../build/builder.js';
import type { VjpContext } from './rule.js';

export const reductions = ['none', 'add', 'mul', 'max', 'min'] as const;

export interface Scattering {
  readonly reduction: (typeof reductions)[number];
}

/** Scattering at the places of a node's indices, and its transpose. */
export interface Places {
  /** What lies at the places, in the shape of the updates. */
  readonly pick: (from: Value) => Value;
  /** `updates` put at the places of `data`. */
  readonly put: (data: Value, updates: Value, reduction: Scattering['reduction']) => Value;
}

/** The cotangent of the data (input 0) or of the updates (input 2). */
export function scattered(c: VjpContext<Scattering>, input: number, at: Places): Value {
  const { reduction } = c.attributes;
  if (reduction === 'mul') return ofProduct(c, input, at);
  if (reduction === 'max' || reduction === 'min') return ofExtreme(c, input, at);
  if (input === 2) return at.pick(c.g);
  // What was replaced has no influence. No place is met twice without a reduction: so the standard has it.
  return reduction === 'add' ? c.g : at.put(c.g, c.b.zerosLike(c.input(2)), 'none');
}

/** Each factor's cotangent is g times the product of all others, where several zeros leave nothing. */
function ofProduct({ b, g, x, ...c }: VjpContext<Scattering>, input: number, at: Places): Value {
  const updates = c.node.inputs[2] ?? '';
  if (input === 0) return b.mul(g, at.put(b.shift(b.zerosLike(x), 1), updates, 'mul'));
  const zero = b.cast(b.equal(updates, b.scalar(0, updates)), b.typeOf(updates));
  // Zeros are replaced by ones in the product, and counted beside it.
  const factors = b.add(updates, zero);
  const product = b.div(at.pick(at.put(x, factors, 'mul')), factors);
  const otherZeros = b.sub(at.pick(at.put(b.zerosLike(x), zero, 'add')), zero);
  return b.mul(at.pick(g), b.keep(b.less(otherZeros, b.scalar(0.5, otherZeros)), product));
}

/** The largest or smallest takes it; several that are equal share it. */
function ofExtreme({ b, g, x, y, ...c }: VjpContext<Scattering>, input: number, at: Places): Value {
  const updates = c.node.inputs[2] ?? '';
  const taken = (value: Value, from: Value) => b.cast(b.equal(value, from), b.typeOf(value));
  const own = taken(x, y);
  const placed = taken(updates, at.pick(y));
  const share = b.div(g, at.put(own, placed, 'add'));
  return input === 0 ? b.mul(own, share) : b.mul(placed, at.pick(share));
}
