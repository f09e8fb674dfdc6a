import type { Dimension } from '../types.js';
import { type Dims, fromFront, type Step } from './step.js';

/** Positions from, from + step, … before `to`, as a Slice says it; '' for bounds that are unknown. */
interface Bounds {
  readonly from: Dimension;
  readonly to: Dimension;
  readonly step: Dimension;
}

/** What a Slice does along each axis; undefined where it is unknown along which. */
export function readSlice(s: Step, rank: number): ReadonlyMap<number, Bounds> | undefined {
  const [starts, ends] = [s.list('starts', 1), s.list('ends', 2)];
  const count = starts?.length ?? s.dims(1)?.[0];
  const axes = s.ints('axes', 3) ?? (s.has(3) || typeof count !== 'number' ? undefined : [...Array(Math.min(count, rank)).keys()]);
  const steps: Dims | undefined = s.has(4) ? s.tensor(4)?.data : axes?.map(() => 1);
  return (
    axes &&
    new Map(
      axes.map((axis, index) => [
        fromFront(axis, rank),
        { from: starts?.[index] ?? '', to: ends?.[index] ?? '', step: steps?.[index] ?? '' },
      ]),
    )
  );
}

/** Bounds beyond this are the end of any axis. */
const END = 2 ** 31 - 1;

/** The first position that is taken of an axis of a size that is a number, and how many are. */
export function taken(size: number, { from, to, step }: Bounds): { first: number; count: number } | undefined {
  if (typeof from === 'string' || typeof to === 'string' || typeof step === 'string' || step === 0) return undefined;
  // Runtimes differ in where a walk backwards begins that would begin before the front.
  if (step < 0 && fromFront(from, size) < 0) return undefined;
  const clamp = (bound: number) => Math.min(Math.max(fromFront(bound, size), step > 0 ? 0 : -1), step > 0 ? size : size - 1);
  const first = clamp(from);
  return { first, count: Math.max(Math.ceil((clamp(to) - first) / step), 0) };
}

/** What a Slice leaves of an axis; '' where it is unknown. */
export function sliced(size: Dimension, bounds: Bounds | undefined): Dimension {
  if (bounds === undefined) return size;
  if (typeof size === 'number') return taken(size, bounds)?.count ?? '';
  const { from, to, step } = bounds;
  // Of an axis whose size is a symbol: all of it, or nothing.
  const whole = typeof to === 'number' ? to >= END : to !== '' && to === size;
  return from === 0 && step === 1 && whole ? size : '';
}
