import { GradcamError } from '../errors.js';
import type { Heatmap } from '../picture/image.js';

/**
 * Pixels by their relevance, the largest first; those that are equally relevant row by row.
 *
 * @throws GradcamError `not-measurable` for a map that is the same everywhere: it puts no pixel before another
 */
export function orderOf({ data }: Heatmap): Uint32Array {
  requireContrast({ data });
  return Uint32Array.from(data.keys()).sort((one, other) => (data[other] as number) - (data[one] as number) || one - other);
}

/** @throws GradcamError `not-measurable` for a map that is the same everywhere */
export function requireContrast({ data }: Pick<Heatmap, 'data'>): void {
  if (data.some((value) => value !== data[0])) return;
  throw new GradcamError('not-measurable', 'the map is the same everywhere: it puts no pixel before another');
}
