import type { Heatmap } from '../picture/image.js';
import { resizeToUnit } from '../picture/resize-map.js';

/**
 * How the heatmaps of several layers become one: `mean`, what they say together; `max`, what any of them says; `product`, what all of them say.
 * The result is divided by its maximum again, so that the mean is as good as the sum.
 */
export type Fusion = 'mean' | 'max' | 'product';

export const fusions: readonly Fusion[] = ['mean', 'max', 'product'];

/** Two numbers of two layers as one; all are associative, so that any number of layers can be fused. */
const fused: Readonly<Record<Fusion, (one: number, other: number) => number>> = {
  mean: (one, other) => one + other,
  max: Math.max,
  product: (one, other) => one * other,
};

/** Maps of one size as one, position by position; for `mean` their sum. */
export function fuse(maps: readonly Float32Array[], fusion: Fusion): Float32Array {
  const both = fused[fusion];
  return maps.reduce((all, map) => all.map((value, index) => both(value, map[index] ?? 0)));
}

/**
 * The heatmap of the signed maps of its layers: ReLU, resized to the network's input (linear, half-pixel centres, edges clamped),
 * each divided by its own maximum; several are fused and divided again. A map without positive evidence stays 0.
 *
 * It is computed here rather than in the graph, where its nodes would take longer to load than all of it takes; an exported model has
 * them (`appendHeatmap`).
 */
export function heatmapOf(maps: readonly Heatmap[], width: number, height: number, fusion: Fusion = 'mean'): Heatmap {
  const scaled = maps.map((map) => resizeToUnit(map, width, height));
  const [first] = scaled;
  if (first === undefined || scaled.length === 1) return first ?? { width, height, data: new Float32Array(width * height) };
  const data = fuse(
    scaled.map((map) => map.data),
    fusion,
  );
  return resizeToUnit({ width, height, data }, width, height);
}
