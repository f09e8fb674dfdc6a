import type { Heatmap } from '../picture/image.js';
import { resizeMap } from '../picture/resize-map.js';
import { type Fusion, fuse } from './heatmap.js';

/** The final heatmap as pytorch-grad-cam computes it from the signed maps of its layers, at the size of the input; it knows no fusion but `mean`. */
export function pytorchHeatmap(maps: readonly Heatmap[], width: number, height: number, fusion: Fusion = 'mean'): Heatmap {
  const layers = maps.map((map) => {
    const positive = { ...map, data: map.data.map((value) => Math.max(value, 0)) };
    return resizeMap({ ...positive, data: scaled(positive.data) }, width, height).data;
  });
  const share = fusion === 'mean' ? 1 / maps.length : 1;
  return { width, height, data: scaled(fuse(layers, fusion).map((value) => value * share)) };
}

/** (m − min m) / (1e-7 + max(m − min m)) */
function scaled(map: Float32Array): Float32Array {
  const low = map.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const range = map.reduce((most, value) => Math.max(most, value - low), 0);
  return map.map((value) => (value - low) / (1e-7 + range));
}
