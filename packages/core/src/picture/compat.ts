import type { Colormap } from './colormap.js';
import type { Heatmap, RgbImage } from './image.js';
import type { Rectangle } from './resample.js';

/**
 * The overlay of pytorch-grad-cam's `show_cam_on_image` (image_weight = 1 − α): c = α · colormap(⌊255 · heatmap⌋) + (1 − α) · picture,
 * then ⌊255 · c / max c⌋, the maximum over all pixels and channels. Writes the seen rectangle of `out`.
 */
export function compatOverlay(image: RgbImage, heatmap: Heatmap, seen: Rectangle, table: Colormap, alpha: number, out: Uint8Array): void {
  const { left, top, width, height } = seen;
  const sums = new Float32Array(3 * width * height);
  let max = 0;
  let s = 0;
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      const i = y * image.width + x;
      const value = Math.fround(255 * (heatmap.data[i] as number));
      const color = 3 * Math.trunc(value > 0 ? Math.min(value, 255) : 0);
      for (let channel = 0; channel < 3; channel++) {
        const sum = alpha * ((table[color + channel] as number) / 255) + (1 - alpha) * ((image.data[3 * i + channel] as number) / 255);
        sums[s++] = sum;
        max = Math.max(max, sum);
      }
    }
  }
  max = Math.fround(max);
  for (let y = 0; y < height; y++) {
    const from = 3 * y * width;
    const to = 3 * ((top + y) * image.width + left);
    // A picture that is black all over stays black instead of 0 / 0.
    for (let i = 0; i < 3 * width; i++) out[to + i] = max > 0 ? Math.trunc((255 * (sums[from + i] as number)) / max) : 0;
  }
}
