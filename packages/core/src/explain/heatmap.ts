import type { Heatmap } from '../picture/image.js';
import { resizeMap } from '../picture/resize-map.js';

/**
 * The heatmap of the signed maps of its layers: ReLU, resized to the network's input (linear, half-pixel centres, edges clamped),
 * each divided by its own maximum; several are averaged and divided again. A map without positive evidence stays 0.
 *
 * It is computed here rather than in the graph, where its nodes would take longer to load than all of it takes; an exported model has
 * them (`appendHeatmap`).
 */
export function heatmapOf(maps: readonly Heatmap[], width: number, height: number): Heatmap {
  const scaled = maps.map((map) => normalised(resizeMap({ ...map, data: map.data.map((value) => Math.max(value, 0)) }, width, height)));
  const [first, ...others] = scaled;
  if (first === undefined || others.length === 0) return first ?? { width, height, data: new Float32Array(width * height) };
  const data = first.data.map((value, index) => others.reduce((sum, map) => sum + (map.data[index] ?? 0), value));
  return normalised({ width, height, data });
}

/** x / max x, in place; as it is where the maximum is 0. */
function normalised(map: Heatmap): Heatmap {
  const { data } = map;
  let most = 0;
  for (const value of data) if (value > most) most = value;
  if (most > 0) for (let index = 0; index < data.length; index++) data[index] = (data[index] as number) / most;
  return map;
}
