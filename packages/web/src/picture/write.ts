import type { RgbImage } from '@gradcam/core';
import { canvas } from './canvas.js';

/** A picture for a canvas: `context.putImageData(toImageData(picture), 0, 0)`. */
export function toImageData({ width, height, data }: RgbImage): ImageData {
  const image = new ImageData(width, height);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    image.data[to] = data[from] as number;
    image.data[to + 1] = data[from + 1] as number;
    image.data[to + 2] = data[from + 2] as number;
    image.data[to + 3] = 255;
  }
  return image;
}

/** A picture as a PNG file: for downloads, uploads, or an `<img>`. */
export async function toPng(picture: RgbImage | ImageData | OffscreenCanvas): Promise<Blob> {
  if (picture instanceof OffscreenCanvas) return picture.convertToBlob({ type: 'image/png' });
  const sheet = canvas(picture.width, picture.height);
  sheet.putImageData(picture instanceof ImageData ? picture : toImageData(picture), 0, 0);
  return sheet.canvas.convertToBlob({ type: 'image/png' });
}
