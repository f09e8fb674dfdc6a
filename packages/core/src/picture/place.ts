import { checkHeatmap, checkSize } from './check.js';
import type { Heatmap, Placement } from './image.js';
import type { Rectangle } from './resample.js';
import { type LinearAxis, linearAxis, sampleMap } from './resize-map.js';

/** A heatmap in the picture's own pixels. */
export interface PlacedHeatmap {
  /** As large as the picture; 0 where the network saw nothing. */
  readonly heatmap: Heatmap;
  /** The pixels whose centre the network's input covers; the rest was cropped away before the network saw it. */
  readonly seen: Rectangle;
}

/**
 * Brings a heatmap from the network's input to the picture: sampled bilinearly at each pixel's centre, edges clamped.
 * @param heatmap over the network's input: as many values as the input has positions, or fewer (a layer's grid is spread over `input`)
 * @param placement where the input lies on the picture
 * @param size of the picture
 * @param input size of the network's input, default: the heatmap's own
 * @throws GradcamError `invalid-tensor`, `invalid-image`
 */
export function placeHeatmap(
  heatmap: Heatmap,
  placement: Placement,
  size: { readonly width: number; readonly height: number },
  input: { readonly width: number; readonly height: number } = heatmap,
): PlacedHeatmap {
  const { seen, columns, rows } = coverOf(heatmap, placement, size, input);
  const data = new Float32Array(size.width * size.height);
  sampleMap(heatmap, columns, rows, data, seen.top * size.width + seen.left, size.width);
  return { heatmap: { width: size.width, height: size.height, data }, seen };
}

/** The pixels of a picture that a heatmap covers, and the positions of the heatmap that their centres lie at. @throws as `placeHeatmap` */
export function coverOf(
  heatmap: Heatmap,
  placement: Placement,
  size: { readonly width: number; readonly height: number },
  input: { readonly width: number; readonly height: number } = heatmap,
): { readonly seen: Rectangle; readonly columns: LinearAxis; readonly rows: LinearAxis } {
  checkHeatmap(heatmap);
  checkSize(size.width, size.height);
  const [left, width] = covered(placement.left, placement.scaleX * input.width, size.width);
  const [top, height] = covered(placement.top, placement.scaleY * input.height, size.height);
  return {
    seen: { left, top, width, height },
    columns: axis(heatmap.width, input.width, placement.left, placement.scaleX, left, width),
    rows: axis(heatmap.height, input.height, placement.top, placement.scaleY, top, height),
  };
}

/** The same placement on a resized copy of the picture, so that a heatmap can be drawn at the size in which it is shown. */
export function scalePlacement(placement: Placement, factorX: number, factorY: number): Placement {
  const { left, top, scaleX, scaleY } = placement;
  return { left: left * factorX, top: top * factorY, scaleX: scaleX * factorX, scaleY: scaleY * factorY };
}

/** First pixel and number of pixels whose centres lie in [start, start + length), within 0 … limit. */
function covered(start: number, length: number, limit: number): readonly [first: number, count: number] {
  // A hair of tolerance: an edge that should fall on a centre is a rounding error to either side of it.
  const edge = (position: number) => Math.min(Math.max(Math.ceil(position - 0.5 - 1e-9), 0), limit);
  const first = edge(start);
  return [first, Math.max(0, edge(start + length) - first)];
}

/** Grid positions of the centres of pixels first … first + count − 1. */
function axis(grid: number, input: number, start: number, scale: number, first: number, count: number) {
  const perPixel = grid / input / scale;
  return linearAxis(grid, count, (first + 0.5 - start) * perPixel - 0.5, perPixel);
}
