import { type ColormapName, colorize, type Heatmap, overlayHeatmap, type Placement, type RgbImage } from '@gradcam/core';
import { encodeImage, readImage } from '@gradcam/node';

/** Formats of overlays. */
export type PictureFormat = 'png' | 'jpeg' | 'webp';

/** An overlay that is wanted. */
export interface Drawing {
  readonly heatmap: Heatmap;
  /** Where the network's input lies on the picture; undefined: there is no picture, and the heatmap is drawn alone. */
  readonly placement?: Placement;
  /** The picture, decoded or as it was sent. */
  readonly source: RgbImage | Uint8Array;
  readonly alpha: number;
  readonly colormap: ColormapName;
  readonly compat?: 'pytorch-grad-cam';
  readonly format: PictureFormat;
}

/** Draws an overlay. @returns the bytes of a file */
export async function draw({ heatmap, placement, source, alpha, colormap, compat, format }: Drawing): Promise<Uint8Array> {
  if (placement === undefined) return encodeImage(colorize(heatmap, colormap), `.${format}`);
  const image = source instanceof Uint8Array ? await readImage(source) : source;
  const look = { alpha, colormap, ...(compat !== undefined && { compat }) };
  return encodeImage(overlayHeatmap(image, heatmap, placement, look), `.${format}`);
}
