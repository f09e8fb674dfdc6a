import { GradcamError } from '../errors.js';
import { checkHeatmap, checkImage } from './check.js';
import { type Colormap, type ColormapName, colorIndex, colormap } from './colormap.js';
import { compatOverlay } from './compat.js';
import type { Heatmap, Placement, RgbImage } from './image.js';
import { luma } from './pixels.js';
import { coverOf, type PlacedHeatmap, placeHeatmap } from './place.js';
import type { Rectangle } from './resample.js';
import { sampleRows } from './resize-map.js';

export interface OverlayOptions {
  /** Share of the colours, 0 … 1; default 0.5. */
  readonly alpha?: number;
  /** Default `jet`. */
  readonly colormap?: ColormapName;
  /** `pytorch-grad-cam` divides the sum by its maximum over the picture, as that library's show_cam_on_image does. */
  readonly compat?: 'pytorch-grad-cam';
}

export const DEFAULT_ALPHA = 0.5;
export const DEFAULT_COLORMAP: ColormapName = 'jet';

/**
 * Lays the colours of a heatmap over a picture of the same size: (1 − α) · picture + α · colormap(heatmap), rounded to nearest.
 * What the network did not see is the plain picture, dark and nearly grey, so that "not looked at" is not mistaken for "not important".
 * @throws GradcamError `invalid-image`, `invalid-tensor`, `limit` (alpha), `unknown-method` (colour map)
 */
export function overlay(image: RgbImage, placed: PlacedHeatmap, options: OverlayOptions = {}): RgbImage {
  const { table, alpha, compat } = lookOf(options);
  const { heatmap, seen } = placed;
  checkImage(image);
  checkHeatmap(heatmap);
  if (heatmap.width !== image.width || heatmap.height !== image.height) {
    const sizes = `${heatmap.width} × ${heatmap.height} for a picture of ${image.width} × ${image.height}`;
    throw new GradcamError('invalid-image', `expected a heatmap as large as the picture, got ${sizes}; place it with placeHeatmap`);
  }
  const data = new Uint8Array(image.data.length);
  shadeAround(seen, image, data);
  if (compat === 'pytorch-grad-cam') compatOverlay(image, heatmap, seen, table, alpha, data);
  else {
    const shares = blendShares(table, alpha);
    for (let y = seen.top; y < seen.top + seen.height; y++) {
      const begin = y * image.width + seen.left;
      blend(shares, image.data, heatmap.data, begin, begin, begin + seen.width, data);
    }
  }
  return { width: image.width, height: image.height, data };
}

/**
 * Places a heatmap on the picture and lays it over: `overlay(image, placeHeatmap(heatmap, placement, image), options)`, in less time.
 *
 * @param heatmap over the network's input
 * @param placement where the input lies on the picture
 * @throws GradcamError `invalid-image`, `invalid-tensor`, `limit` (alpha), `unknown-method` (colour map)
 */
export function overlayHeatmap(image: RgbImage, heatmap: Heatmap, placement: Placement, options: OverlayOptions = {}): RgbImage {
  const { table, alpha, compat } = lookOf(options);
  // It looks for the highest sum before it draws.
  if (compat !== undefined) return overlay(image, placeHeatmap(heatmap, placement, image), options);
  checkImage(image);
  const { seen, columns, rows } = coverOf(heatmap, placement, image);
  const data = new Uint8Array(image.data.length);
  shadeAround(seen, image, data);
  const shares = blendShares(table, alpha);
  sampleRows(heatmap, columns, rows, (y, values) => {
    const begin = (seen.top + y) * image.width + seen.left;
    blend(shares, image.data, values, 0, begin, begin + seen.width, data);
  });
  return { width: image.width, height: image.height, data };
}

function lookOf({ alpha = DEFAULT_ALPHA, colormap: name = DEFAULT_COLORMAP, compat }: OverlayOptions) {
  if (!(alpha >= 0 && alpha <= 1)) throw new GradcamError('limit', `expected an alpha of 0 … 1, got ${alpha}`);
  return { alpha, table: colormap(name), compat };
}

/** The heatmap alone in colour. @throws GradcamError `invalid-tensor`, `unknown-method` */
export function colorize(heatmap: Heatmap, name: ColormapName = DEFAULT_COLORMAP): RgbImage {
  const table = colormap(name);
  checkHeatmap(heatmap);
  const data = new Uint8Array(3 * heatmap.data.length);
  for (let i = 0; i < heatmap.data.length; i++) {
    const color = 3 * colorIndex(heatmap.data[i] as number);
    for (let channel = 0; channel < 3; channel++) data[3 * i + channel] = table[color + channel] as number;
  }
  return { width: heatmap.width, height: heatmap.height, data };
}

/** Fixed point: a sum of two bytes' shares and its rounding stay within 31 bits, and half a level is exact. */
const BITS = 22;
const HALF = 1 << (BITS - 1);

/** The share of each of these levels; default: of all 256. */
function sharesOf(share: number, levels: Uint8Array = LEVELS): Int32Array {
  const shares = new Int32Array(levels.length);
  for (let i = 0; i < shares.length; i++) shares[i] = Math.round(share * (levels[i] as number) * 2 ** BITS);
  return shares;
}

const LEVELS = Uint8Array.from({ length: 256 }, (_, level) => level);

/** What is added for each level of a picture, and for each entry of a colour map: sums instead of products, since this runs for each pixel. */
interface Shares {
  readonly kept: Int32Array;
  readonly added: Int32Array;
}

function blendShares(table: Colormap, alpha: number): Shares {
  return { kept: sharesOf(1 - alpha).map((level) => level + HALF), added: sharesOf(alpha, table) };
}

/** Blends pixels `begin` to `end`, the values of which stand in `values` from `from` on. */
function blend(
  { kept, added }: Shares,
  data: Uint8Array,
  values: Float32Array,
  from: number,
  begin: number,
  end: number,
  out: Uint8Array,
): void {
  for (let at = 3 * begin, i = from; at < 3 * end; at += 3, i++) {
    const color = 3 * colorIndex(values[i] as number);
    // A blend of bytes is at most 255, so that no hottest pixel can wrap around.
    out[at] = ((kept[data[at] as number] as number) + (added[color] as number)) >> BITS;
    out[at + 1] = ((kept[data[at + 1] as number] as number) + (added[color + 1] as number)) >> BITS;
    out[at + 2] = ((kept[data[at + 2] as number] as number) + (added[color + 2] as number)) >> BITS;
  }
}

/** A third of the brightness, a quarter of the colour: plainly apart from every blend, and what it shows can still be recognised. */
export function shaded({ data }: RgbImage): Uint8Array {
  const out = new Uint8Array(data.length);
  shade(data, 0, data.length / 3, out);
  return out;
}

/** Shades all pixels outside of the rectangle: most pictures are seen whole, or nearly. */
function shadeAround(seen: Rectangle, { width, height, data }: RgbImage, out: Uint8Array): void {
  const [first, last] = [seen.top, seen.top + seen.height];
  shade(data, 0, first * width, out);
  for (let y = first; y < last; y++) {
    shade(data, y * width, y * width + seen.left, out);
    shade(data, y * width + seen.left + seen.width, (y + 1) * width, out);
  }
  shade(data, last * width, height * width, out);
}

const SHADE = 0.35;
const greyShares = sharesOf(SHADE * 0.75).map((level) => level + HALF);
const colorShares = sharesOf(SHADE * 0.25);

/** Pixels `begin` to `end`. */
function shade(data: Uint8Array, begin: number, end: number, out: Uint8Array): void {
  for (let i = 3 * begin; i < 3 * end; i += 3) {
    const grey = greyShares[luma(data, i)] as number;
    out[i] = (grey + (colorShares[data[i] as number] as number)) >> BITS;
    out[i + 1] = (grey + (colorShares[data[i + 1] as number] as number)) >> BITS;
    out[i + 2] = (grey + (colorShares[data[i + 2] as number] as number)) >> BITS;
  }
}
