import { GradcamError } from '../errors.js';
import type { ExplainedMethod, Part } from '../graph/explanation.js';
import type { Heatmap } from '../picture/image.js';
import { mapOf, type Outputs, volumeOf } from './outputs.js';

/** The signed maps of one method, from what a run returned. */
export function mapsOf({ method }: ExplainedMethod, parts: readonly Part[], outputs: Outputs, row: number): Heatmap[] {
  return parts.map((part) => {
    if ('map' in part) return mapOf(outputs, part.map, row);
    if (method.kind !== 'decomposition') throw new RangeError(`method ${method.name} decomposes nothing`);
    return method.map(volumeOf(outputs, part.matrix, row));
  });
}

/** A map less its least value. */
export function fromLeast(map: Heatmap): Heatmap {
  const least = map.data.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  return { ...map, data: map.data.map((value) => value - least) };
}

/**
 * @param undefinedFor says of a method why its map of a class is undefined
 * @throws GradcamError `no-gradient` for a map that holds NaN or infinity, `not-measurable` where the method says why
 */
export function checkFinite({ data }: Heatmap, layer: string, index: number, undefinedFor?: (index: number) => string): void {
  if (data.every(Number.isFinite)) return;
  if (undefinedFor !== undefined) throw new GradcamError('not-measurable', undefinedFor(index));
  throw new GradcamError(
    'no-gradient',
    `the map of layer '${layer}' for class ${index} holds numbers that are not finite: is the input finite, and scaled as the model expects it?`,
  );
}
