import type { Heatmap } from '../picture/image.js';
import { resizeMap } from '../picture/resize-map.js';

/** The final heatmap as pytorch-grad-cam computes it from the signed maps of its layers, at the size of the input. */
export function pytorchHeatmap(maps: readonly Heatmap[], width: number, height: number): Heatmap {
  const data = new Float32Array(width * height);
  for (const map of maps) {
    const positive = { ...map, data: map.data.map((value) => Math.max(value, 0)) };
    const layer = resizeMap({ ...positive, data: scaled(positive.data) }, width, height);
    for (const [index, value] of layer.data.entries()) data[index] = (data[index] ?? 0) + Math.max(value, 0) / maps.length;
  }
  return { width, height, data: scaled(data) };
}

/** (m − min m) / (1e-7 + max(m − min m)) */
function scaled(map: Float32Array): Float32Array {
  const low = map.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const range = map.reduce((most, value) => Math.max(most, value - low), 0);
  return map.map((value) => (value - low) / (1e-7 + range));
}
