import { colorize, type Heatmap, type OverlayOptions, overlayHeatmap } from '@gradcam/core';
import { encodeImage } from '@gradcam/node';
import type { Picture } from './read.js';

/**
 * A heatmap over its picture as a file, encoded quickly: whoever draws many waits for cores, not for bytes.
 *
 * @param picture undefined for a tensor: the heatmap is drawn alone
 * @param extension of the file: `.png`
 */
export function encodeOverlay(
  heatmap: Heatmap,
  picture: Pick<Picture, 'image' | 'placement'> | undefined,
  look: OverlayOptions,
  extension: string,
): Promise<Uint8Array> {
  const drawn = picture === undefined ? colorize(heatmap, look.colormap) : overlayHeatmap(picture.image, heatmap, picture.placement, look);
  return encodeImage(drawn, extension, { quick: true });
}
