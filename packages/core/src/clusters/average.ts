import { checkHeatmap, checkSize } from '../picture/check.js';
import type { Heatmap } from '../picture/image.js';

/**
 * The positive part of a map on another grid: each position is the mean over the area that it covers, so that no evidence falls between two positions.
 *
 * @throws GradcamError `invalid-tensor`, `invalid-image`
 */
export function averageMap(map: Heatmap, width: number, height: number): Heatmap {
  checkHeatmap(map);
  checkSize(width, height);
  const positive = map.data.map((value) => (value > 0 ? value : 0));
  if (map.width === width && map.height === height) return { width, height, data: positive };
  const data = new Float32Array(width * height);
  const [columns, rows] = [shares(map.width, width), shares(map.height, height)];
  for (const [y, down] of rows.entries())
    for (const [x, across] of columns.entries()) {
      let sum = 0;
      for (const { from: row, share: tall } of down)
        for (const { from: column, share: wide } of across) sum += tall * wide * (positive[row * map.width + column] as number);
      data[y * width + x] = sum;
    }
  return { width, height, data };
}

/** Of each new position the old ones that lie in it, with their shares of its length. */
function shares(from: number, to: number): { readonly from: number; readonly share: number }[][] {
  const step = from / to;
  return Array.from({ length: to }, (_, position) => {
    const [begin, end] = [position * step, (position + 1) * step];
    const parts = [];
    for (let old = Math.floor(begin); old < Math.min(from, Math.ceil(end)); old++) {
      const share = (Math.min(end, old + 1) - Math.max(begin, old)) / step;
      if (share > 0) parts.push({ from: old, share });
    }
    return parts;
  });
}
