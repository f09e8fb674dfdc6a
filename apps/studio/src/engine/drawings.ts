import { type ColormapName, explainedFigure, type Heatmap, overlayHeatmap, type Placement, type RgbImage } from '@gradcam/core';
import { renderFigure, toPng } from '@gradcam/web';

/** How a heatmap is to be drawn. */
export interface Drawing {
  readonly heatmaps: readonly { readonly heatmap: Heatmap; readonly title: string }[];
  readonly placement: Placement;
  readonly alpha: number;
  readonly colormap: ColormapName;
  /** Of a figure: above the picture, and at its foot. */
  readonly title: string;
  readonly footer: string;
}

/** The picture at its own size under the first heatmap, as a PNG file. */
export function overlayPng(image: RgbImage, { heatmaps, placement, alpha, colormap }: Drawing): Promise<Blob> {
  const [first] = heatmaps;
  if (first === undefined) return toPng(image);
  return toPng(overlayHeatmap(image, first.heatmap, placement, { alpha, colormap }));
}

/** The picture and its overlays side by side with titles and a colour bar, as a PNG file. */
export function figurePng(image: RgbImage, { heatmaps, placement, alpha, colormap, title, footer }: Drawing): Promise<Blob> {
  return toPng(renderFigure(explainedFigure({ image, placement, overlays: heatmaps, title, footer, alpha, colormap })));
}
