import { checkHeatmap, checkSize } from './check.js';
import type { Heatmap } from './image.js';

/** For one axis: the two source positions each output position lies between, and how far it is on the way to the second. */
export interface LinearAxis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
}

/** Positions `start + step · i` on a grid of `source` values, clamped to its edges. */
export function linearAxis(source: number, length: number, start: number, step: number): LinearAxis {
  const low = new Int32Array(length);
  const high = new Int32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = Math.min(Math.max(start + step * i, 0), source - 1);
    const floor = Math.floor(at);
    low[i] = floor;
    high[i] = Math.min(floor + 1, source - 1);
    share[i] = at - floor;
  }
  return { low, high, share };
}

/** Row `y` of a map sampled bilinearly at the crossing of two axes; writes `columns.low.length` values from `offset` on. */
export function sampleRow(map: Heatmap, columns: LinearAxis, rows: LinearAxis, y: number, out: Float32Array, offset: number): void {
  const { data, width } = map;
  const upper = (rows.low[y] as number) * width;
  const lower = (rows.high[y] as number) * width;
  const down = rows.share[y] as number;
  // Down first: a map is much narrower than the picture.
  const blended = new Float64Array(width);
  for (let x = 0; x < width; x++) blended[x] = (data[upper + x] as number) * (1 - down) + (data[lower + x] as number) * down;
  const { low, high, share } = columns;
  for (let x = 0; x < low.length; x++) {
    const across = share[x] as number;
    out[offset + x] = (blended[low[x] as number] as number) * (1 - across) + (blended[high[x] as number] as number) * across;
  }
}

/**
 * Resizes a map bilinearly: half-pixel centres, edges clamped, no antialiasing. This is ONNX's Resize with mode `linear` and
 * coordinate transformation `half_pixel`, and OpenCV's INTER_LINEAR.
 * @throws GradcamError `invalid-tensor`, `invalid-image`
 */
export function resizeMap(map: Heatmap, width: number, height: number): Heatmap {
  checkHeatmap(map);
  checkSize(width, height);
  const [stepX, stepY] = [map.width / width, map.height / height];
  const columns = linearAxis(map.width, width, stepX / 2 - 0.5, stepX);
  const rows = linearAxis(map.height, height, stepY / 2 - 0.5, stepY);
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) sampleRow(map, columns, rows, y, data, y * width);
  return { width, height, data };
}
