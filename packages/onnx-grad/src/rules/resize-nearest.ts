import { list } from '../graph/list.js';

/** Where an output position r lies in the input, by name: https://onnx.ai/onnx/operators/onnx__Resize.html */
const sources: Readonly<Record<string, (r: number, scale: number) => number>> = {
  asymmetric: (r, scale) => r / scale,
  half_pixel: (r, scale) => (r + 0.5) / scale - 0.5,
  half_pixel_symmetric: (r, scale) => (r + 0.5) / scale - 0.5,
  pytorch_half_pixel: (r, scale) => (r + 0.5) / scale - 0.5,
  tf_half_pixel_for_nn: (r, scale) => (r + 0.5) / scale,
};

const roundings: Readonly<Record<string, (position: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (position) => Math.ceil(position - 0.5),
  round_prefer_ceil: (position) => Math.floor(position + 0.5),
};

/**
 * Whether a nearest-neighbour resizing by a whole factor repeats each position that often, as it does in most models; other
 * coordinates shift or drop some.
 */
export function copiesBlocks(coordinates: string, nearest: string, factor: number): boolean {
  if (factor === 1) return true;
  const [source, round] = [sources[coordinates], roundings[nearest]];
  if (source === undefined || round === undefined || !Number.isInteger(factor) || factor < 1) return false;
  return list(factor, (r) => round(source(r, factor))).every((position) => position === 0);
}
