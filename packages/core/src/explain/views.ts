import type { ImageInput } from '../model/input.js';
import type { Heatmap } from '../picture/image.js';

/** One way to look at a picture. */
export interface View {
  readonly mirrored: boolean;
  readonly factor: number;
}

/** The picture as it is. */
export const PLAIN: View = { mirrored: false, factor: 1 };

/** pytorch-grad-cam's test-time augmentation: the picture and its mirror image, each at 0.9, 1 and 1.1 times its numbers. */
export const VIEWS: readonly View[] = [false, true].flatMap((mirrored) => [0.9, 1, 1.1].map((factor) => ({ mirrored, factor })));

/** The numbers of a picture [1, …] in a view. */
export function look(numbers: Float32Array, dims: readonly number[], { layout }: ImageInput, { mirrored, factor }: View): Float32Array {
  const scaled = numbers.map((value) => value * factor);
  if (!mirrored) return scaled;
  return layout === 'NCHW' ? mirror(scaled, dims[3] ?? 1, 1) : mirror(scaled, dims[2] ?? 1, dims[3] ?? 1);
}

/** A map of what a view shows as a map of the picture. */
export function turnedBack(map: Heatmap, { mirrored }: View): Heatmap {
  return mirrored ? { ...map, data: mirror(map.data, map.width, 1) } : map;
}

/** Rows of `width` positions, `step` numbers each, from right to left. */
function mirror(data: Float32Array, width: number, step: number): Float32Array {
  return data.map((_, index) => {
    const column = Math.floor(index / step) % width;
    return data[index + (width - 1 - 2 * column) * step] as number;
  });
}
