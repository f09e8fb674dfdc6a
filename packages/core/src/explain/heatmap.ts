import type { Heatmap } from '../picture/image.js';
import { resizeToUnit } from '../picture/resize-map.js';

/**
 * The heatmap of the signed maps of its layers: ReLU, resized to the network's input (linear, half-pixel centres, edges clamped),
 * each divided by its own maximum; several are averaged and divided again. A map without positive evidence stays 0.
 *
 * It is computed here rather than in the graph, where its nodes would take longer to load than all of it takes; an exported model has
 * them (`appendHeatmap`).
 */
export function heatmapOf(maps: readonly Heatmap[], width: number, height: number): Heatmap {
  const scaled = maps.map((map) => resizeToUnit({ ...map, data: map.data.map((value) => Math.max(value, 0)) }, width, height));
  const [first, ...others] = scaled;
  if (first === undefined || others.length === 0) return first ?? { width, height, data: new Float32Array(width * height) };
  const data = first.data.map((value, index) => others.reduce((sum, map) => sum + (map.data[index] ?? 0), value));
  return resizeToUnit({ width, height, data }, width, height);
}
