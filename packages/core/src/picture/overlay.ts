import { GradcamError } from '../errors.js';
import { checkHeatmap, checkImage } from './check.js';
import { type Colormap, type ColormapName, colorIndex, colormap } from './colormap.js';
import { compatOverlay } from './compat.js';
import type { Heatmap, RgbImage } from './image.js';
import { luma } from './pixels.js';
import type { PlacedHeatmap } from './place.js';
import type { Rectangle } from './resample.js';

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
  const { alpha = DEFAULT_ALPHA, compat } = options;
  const table = colormap(options.colormap ?? DEFAULT_COLORMAP);
  const { heatmap, seen } = placed;
  checkImage(image);
  checkHeatmap(heatmap);
  if (heatmap.width !== image.width || heatmap.height !== image.height) {
    const sizes = `${heatmap.width} × ${heatmap.height} for a picture of ${image.width} × ${image.height}`;
    throw new GradcamError('invalid-image', `expected a heatmap as large as the picture, got ${sizes}; place it with placeHeatmap`);
  }
  if (!(alpha >= 0 && alpha <= 1)) throw new GradcamError('limit', `expected an alpha of 0 … 1, got ${alpha}`);
  const data = new Uint8Array(image.data.length);
  shadeAround(seen, image, data);
  (compat === 'pytorch-grad-cam' ? compatOverlay : blend)(image, heatmap, seen, table, alpha, data);
  return { width: image.width, height: image.height, data };
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

/** Writes the blend over the seen rectangle of `out`. */
function blend(image: RgbImage, heatmap: Heatmap, seen: Rectangle, table: Colormap, alpha: number, out: Uint8Array): void {
  const mixed = mixOf(alpha);
  const rows = Uint16Array.from(table, (level) => level << 8);
  const { width, data } = image;
  const values = heatmap.data;
  for (let y = seen.top; y < seen.top + seen.height; y++) {
    const begin = y * width + seen.left;
    for (let i = begin, at = 3 * begin; i < begin + seen.width; i++, at += 3) {
      const color = 3 * colorIndex(values[i] as number);
      out[at] = mixed[(rows[color] as number) | (data[at] as number)] as number;
      out[at + 1] = mixed[(rows[color + 1] as number) | (data[at + 1] as number)] as number;
      out[at + 2] = mixed[(rows[color + 2] as number) | (data[at + 2] as number)] as number;
    }
  }
}

/** The mix that was asked for last: pictures of one run are drawn alike. */
let latest: { readonly alpha: number; readonly mixed: Uint8Array } | undefined;

/** Each level of a colour with each of a picture. */
function mixOf(alpha: number): Uint8Array {
  // A blend of bytes is at most 255, so that no hottest pixel can wrap around.
  if (latest?.alpha !== alpha) latest = { alpha, mixed: levelTable((color, level) => (1 - alpha) * level + alpha * color) };
  return latest.mixed;
}

/** A function of two bytes, rounded, at `first · 256 + second`: looking it up takes a third of the time of computing it for every pixel. */
function levelTable(of: (first: number, second: number) => number): Uint8Array {
  const table = new Uint8Array(256 * 256);
  for (let i = 0; i < table.length; i++) table[i] = Math.round(of(i >> 8, i & 255));
  return table;
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

let shades: Uint8Array | undefined;

/** Pixels `begin` to `end`. */
function shade(data: Uint8Array, begin: number, end: number, out: Uint8Array): void {
  shades ??= levelTable((grey, level) => 0.35 * (0.75 * grey + 0.25 * level));
  for (let i = 3 * begin; i < 3 * end; i += 3) {
    const grey = luma(data, i) << 8;
    out[i] = shades[grey | (data[i] as number)] as number;
    out[i + 1] = shades[grey | (data[i + 1] as number)] as number;
    out[i + 2] = shades[grey | (data[i + 2] as number)] as number;
  }
}
