import type { Heatmap, Placement, RgbImage } from './image.js';
import { type OverlayOptions, overlay } from './overlay.js';
import { placeHeatmap, scalePlacement } from './place.js';
import { resample } from './resample.js';

/** Limits of a panel's longer side in px. */
export type SideRange = readonly [min: number, max: number];

/** 320 px still shows a 7 × 7 grid well; two panels of 720 px and a colour bar fill a slide of 1600 px. */
export const PANEL_SIDE: SideRange = [320, 720];

/** The size in which a picture is shown: its own, unless its longer side is outside of the range. */
export function panelSize(picture: { readonly width: number; readonly height: number }, [min, max]: SideRange = PANEL_SIDE) {
  const longer = Math.max(picture.width, picture.height);
  const scale = Math.min(Math.max(longer, min), max) / longer;
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(picture.width), height: side(picture.height) };
}

/**
 * A photo and its overlay at the size in which a figure shows them. The heatmap is placed on the resized photo, so that
 * a small picture gets a smooth overlay and a large one costs no more than its panel.
 * @throws as {@link overlay}
 */
export function explainedPanels(
  image: RgbImage,
  heatmap: Heatmap,
  placement: Placement,
  options: OverlayOptions & { readonly side?: SideRange } = {},
): { readonly photo: RgbImage; readonly overlay: RgbImage } {
  const size = panelSize(image, options.side);
  const photo = resample(image, size.width, size.height, 'bicubic');
  const placed = placeHeatmap(heatmap, scalePlacement(placement, size.width / image.width, size.height / image.height), size);
  return { photo, overlay: overlay(photo, placed, options) };
}
