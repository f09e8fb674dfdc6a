import { dimensionOf, over, sizeOf, times } from '../size.js';
import { type Dimension, type ElementType, isFloating } from '../types.js';

/** What two numbers, or symbols, make; '' where that is unknown. */
export type Binary = (one: Dimension, other: Dimension, type: ElementType) => Dimension;

const ofNumbers =
  (compute: (one: number, other: number) => number): Binary =>
  (one, other) =>
    typeof one === 'number' && typeof other === 'number' ? compute(one, other) : '';

/** Multiples of the same symbols are added: 2·batch + batch. */
const added =
  (sign: 1 | -1): Binary =>
  (one, other) => {
    if (typeof one === 'number' && typeof other === 'number') return one + sign * other;
    if (other === 0) return one;
    if (one === 0 && sign === 1) return other;
    const [left, right] = [sizeOf(one), sizeOf(other)];
    const alike = left && right && left.symbols.join('*') === right.symbols.join('*');
    return alike ? dimensionOf({ count: left.count + sign * right.count, symbols: left.symbols }) : '';
  };

const multiply: Binary = (one, other) => {
  if (typeof one === 'number' && typeof other === 'number') return one * other;
  const [left, right] = [sizeOf(one), sizeOf(other)];
  return left && right ? dimensionOf(times(left, right)) : '';
};

/** Integers are divided towards 0. */
const divide: Binary = (one, other, type) => {
  if (typeof one === 'number' && typeof other === 'number') return isFloating(type) ? one / other : Math.trunc(one / other) + 0;
  const [left, right] = [sizeOf(one), sizeOf(other)];
  const quotient = left && right && over(left, right);
  return quotient ? dimensionOf(quotient) : '';
};

/** The remainder with the sign of the divisor, of integers. */
const modulo: Binary = (one, other, type) => {
  if (typeof other !== 'number' || one === '' || isFloating(type)) return '';
  if (typeof one === 'number') return ((one % other) + other) % other;
  return (sizeOf(one)?.count ?? Number.NaN) % other === 0 ? 0 : '';
};

/** The sign of one − other; NaN where it is unknown. A size is never negative. */
function order(one: Dimension, other: Dimension): number {
  if (one === '' || other === '') return Number.NaN;
  if (one === other) return 0;
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof other === 'number' && other < 0) return 1;
  if (typeof one === 'number' && one < 0) return -1;
  return Number.NaN;
}

const comparison =
  (holds: (order: number) => boolean): Binary =>
  (one, other) => {
    const sign = order(one, other);
    return Number.isNaN(sign) ? '' : Number(holds(sign));
  };

/** Arithmetic on sizes and positions, as far as symbols allow it. */
export const binaries: Readonly<Record<string, Binary>> = {
  Add: added(1),
  Sub: added(-1),
  Mul: multiply,
  Div: divide,
  Mod: modulo,
  Min: ofNumbers(Math.min),
  Max: ofNumbers(Math.max),
  Equal: comparison((sign) => sign === 0),
  Greater: comparison((sign) => sign > 0),
  GreaterOrEqual: comparison((sign) => sign >= 0),
  Less: comparison((sign) => sign < 0),
  LessOrEqual: comparison((sign) => sign <= 0),
  And: ofNumbers((one, other) => Number(one !== 0 && other !== 0)),
  Or: ofNumbers((one, other) => Number(one !== 0 || other !== 0)),
  Xor: ofNumbers((one, other) => Number((one !== 0) !== (other !== 0))),
};

/** Types whose numbers are computed as here: others wrap, or round in other ways. */
const computed: Partial<Record<ElementType, (value: number) => Dimension>> = {
  int64: (value) => (Math.abs(value) < 2 ** 53 ? Math.trunc(value) + 0 : ''),
  int32: (value) => (Math.abs(value) < 2 ** 31 ? Math.trunc(value) + 0 : ''),
  bool: (value) => Number(value !== 0),
  float32: Math.fround,
  float64: (value) => value,
};

/** A result as a value of this type holds it, fractions cut off by integers; '' where it is none that is known. */
export function held(value: Dimension, type: ElementType): Dimension {
  const hold = computed[type];
  if (hold === undefined) return '';
  if (typeof value === 'string') return type === 'bool' ? '' : value;
  return hold(value);
}
