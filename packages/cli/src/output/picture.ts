import {
  type ColormapName,
  colorize,
  type Explanation,
  explainedFigure,
  type OverlayOptions,
  overlayHeatmap,
  type Placement,
  type RgbImage,
} from '@gradcam/core';
import { encodeImage, imageExtension, renderFigure } from '@gradcam/node';

/** A picture, where the network's input lies on it, and how heatmaps are laid over it. */
export interface Scene {
  readonly picture: RgbImage;
  readonly placement: Placement;
  /** Size of the network's input. */
  readonly seen: { readonly width: number; readonly height: number };
  readonly look: OverlayOptions & { readonly colormap: ColormapName };
}

/** Words of a figure. */
export interface FigureWords {
  readonly photo: string;
  readonly overlays: readonly string[];
  readonly footer: string;
}

/** More panels than this would make a figure that nothing can show. */
export const MAX_OVERLAYS = 99;

/** The original and an overlay for each explanation, with titles, colour bar and footer, as the bytes of an image file. */
export function figureFile(
  path: string,
  { picture, placement, look }: Scene,
  explanations: readonly Explanation[],
  { photo, overlays, footer }: FigureWords,
): Promise<Uint8Array> {
  const titled = explanations.map(({ heatmap }, index) => ({ heatmap, title: overlays[index] ?? '' }));
  const drawing = explainedFigure({ image: picture, placement, overlays: titled, title: photo, footer, ...look });
  return renderFigure(drawing, imageExtension(path));
}

/** The overlay alone, at the size of the picture. */
export function overlayFile(path: string, { picture, placement, look }: Scene, { heatmap }: Explanation): Promise<Uint8Array> {
  return encodeImage(overlayHeatmap(picture, heatmap, placement, look), imageExtension(path));
}

/** The heatmap alone, at the size of the network's input: what there is to show of a tensor. */
export function heatmapFile(path: string, { heatmap }: Explanation, colormap: ColormapName): Promise<Uint8Array> {
  return encodeImage(colorize(heatmap, colormap), imageExtension(path));
}
