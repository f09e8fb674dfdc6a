import {
  arrangePanels,
  type ColormapName,
  colorize,
  type Explanation,
  explainedPanels,
  type FigurePanel,
  figure,
  type OverlayOptions,
  overlay,
  PANEL_SIDE,
  type Placement,
  placeHeatmap,
  type RgbImage,
  type SideRange,
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

/** Panels side by side; more go into further rows. */
const MAX_COLUMNS = 4;

/** Smaller panels than a figure of two has, so that many fit on a page. */
const MANY_SIDE: SideRange = [320, 480];

/** The original and an overlay for each explanation, with titles, colour bar and footer, as the bytes of an image file. */
export async function figureFile(
  path: string,
  { picture, placement, look }: Scene,
  explanations: readonly Explanation[],
  words: FigureWords,
): Promise<Uint8Array> {
  const side = explanations.length > 1 ? MANY_SIDE : PANEL_SIDE;
  const panels: FigurePanel[] = [];
  for (const [index, { heatmap }] of explanations.entries()) {
    const { photo, overlay: laid } = explainedPanels(picture, heatmap, placement, { ...look, side });
    if (index === 0) panels.push({ image: photo, title: words.photo });
    panels.push({ image: laid, title: words.overlays[index] ?? '' });
  }
  const rows = arrangePanels(panels).flatMap(inRows);
  return renderFigure(figure({ rows, colorBar: { colormap: look.colormap }, footer: words.footer, side }), imageExtension(path));
}

/** A row that is too long, cut into rows of nearly the same length. */
function inRows(row: readonly FigurePanel[]): FigurePanel[][] {
  const columns = Math.ceil(row.length / Math.ceil(row.length / MAX_COLUMNS));
  return Array.from({ length: Math.ceil(row.length / columns) }, (_, index) => row.slice(index * columns, (index + 1) * columns));
}

/** The overlay alone, at the size of the picture. */
export function overlayFile(path: string, { picture, placement, look }: Scene, { heatmap }: Explanation): Promise<Uint8Array> {
  return encodeImage(overlay(picture, placeHeatmap(heatmap, placement, picture), look), imageExtension(path));
}

/** The heatmap alone, at the size of the network's input: what there is to show of a tensor. */
export function heatmapFile(path: string, { heatmap }: Explanation, colormap: ColormapName): Promise<Uint8Array> {
  return encodeImage(colorize(heatmap, colormap), imageExtension(path));
}
