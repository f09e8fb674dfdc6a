import { type ColormapName, colormaps, type Heatmap, type Placement, placeHeatmap, scalePlacement } from '@gradcam/core';

/** Longer side at which a heatmap is painted; it is smooth, and the browser enlarges it. */
const MAX_PAINTED = 1024;

/** A heatmap where it lies on a picture, at the size in which it is painted. */
export interface Painted {
  readonly heatmap: Heatmap;
  /** The pixels that the network saw. */
  readonly seen: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}

/** Brings a heatmap to a picture of which `natural` is the size that the placement speaks of. */
export function place(heatmap: Heatmap, placement: Placement, natural: { readonly width: number; readonly height: number }): Painted {
  const factor = Math.min(1, MAX_PAINTED / Math.max(natural.width, natural.height));
  const size = { width: Math.max(1, Math.round(natural.width * factor)), height: Math.max(1, Math.round(natural.height * factor)) };
  return placeHeatmap(heatmap, scalePlacement(placement, size.width / natural.width, size.height / natural.height), size);
}

/** The colours of a placed heatmap; transparent where the network saw nothing. */
export function paint({ heatmap, seen }: Painted, name: ColormapName): ImageData {
  const table = colormaps[name];
  const image = new ImageData(heatmap.width, heatmap.height);
  const { data } = image;
  for (let y = seen.top; y < seen.top + seen.height; y++) {
    for (let x = seen.left; x < seen.left + seen.width; x++) {
      const i = y * heatmap.width + x;
      const color = 3 * Math.round(255 * Math.min(1, Math.max(0, heatmap.data[i] ?? 0)));
      data[4 * i] = table[color] ?? 0;
      data[4 * i + 1] = table[color + 1] ?? 0;
      data[4 * i + 2] = table[color + 2] ?? 0;
      data[4 * i + 3] = 255;
    }
  }
  return image;
}
