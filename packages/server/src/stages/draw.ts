import type { ColormapName, Heatmap, Placement, RgbImage } from '@gradcam/core';
import { encodeOverlay } from '@gradcam/jobs';
import { readImage } from '@gradcam/node';

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
  const look = { alpha, colormap, ...(compat !== undefined && { compat }) };
  const picture = placement && { placement, image: source instanceof Uint8Array ? await readImage(source) : source };
  return encodeOverlay(heatmap, picture, look, `.${format}`);
}
