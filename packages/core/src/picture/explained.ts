import { arrangePanels, type Figure, type FigurePanel, figure } from './figure.js';
import type { Heatmap, Placement, RgbImage } from './image.js';
import { DEFAULT_COLORMAP, type OverlayOptions } from './overlay.js';
import { explainedPanels, PANEL_SIDE, type SideRange } from './panels.js';
import { sheetSide } from './sheet.js';

/** The figure of one picture: the original, and an overlay for each heatmap. */
export interface ExplainedFigureSpec extends OverlayOptions {
  readonly image: RgbImage;
  /** Where the network's input lies on the picture, as preprocessing returned it. */
  readonly placement: Placement;
  /** At the size of the network's input, each with the title of its panel. */
  readonly overlays: readonly { readonly heatmap: Heatmap; readonly title: string }[];
  /** Above the original. */
  readonly title: string;
  readonly footer?: string;
}

/** Panels side by side; more go into further rows. Where there are many, the figure is somewhat wider than high. */
const columnsOf = (panels: number): number => Math.max(4, Math.ceil(Math.sqrt(1.4 * panels)));

/** Smaller panels than a figure of two has, so that many fit on a page, and then as small as those of a contact sheet. */
const FEW = 8;
const FEW_SIDE: SideRange = [320, 480];

function sideOf(panels: number): SideRange {
  if (panels <= 2) return PANEL_SIDE;
  return panels <= FEW ? FEW_SIDE : [sheetSide(panels), sheetSide(panels)];
}

/** Lays out the original and its overlays with titles and a colour bar. @throws as {@link figure} and `overlay` */
export function explainedFigure({ image, placement, overlays, title, footer, ...look }: ExplainedFigureSpec): Figure {
  const side = sideOf(overlays.length + 1);
  const panels: FigurePanel[] = [];
  for (const [index, { heatmap, title: above }] of overlays.entries()) {
    const { photo, overlay } = explainedPanels(image, heatmap, placement, { ...look, side });
    if (index === 0) panels.push({ image: photo, title });
    panels.push({ image: overlay, title: above });
  }
  const rows = arrangePanels(panels).flatMap(inRows);
  return figure({ rows, colorBar: { colormap: look.colormap ?? DEFAULT_COLORMAP }, side, ...(footer !== undefined && { footer }) });
}

/** A row that is too long, cut into rows of nearly the same length. */
function inRows(row: readonly FigurePanel[]): FigurePanel[][] {
  const columns = Math.ceil(row.length / Math.ceil(row.length / columnsOf(row.length)));
  return Array.from({ length: Math.ceil(row.length / columns) }, (_, index) => row.slice(index * columns, (index + 1) * columns));
}
