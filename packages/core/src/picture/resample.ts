import { GradcamError } from '../errors.js';
import { checkImage, checkSize } from './check.js';
import type { RgbImage } from './image.js';
import { type AxisWeights, axisWeights, type Interpolation, PRECISION_BITS } from './weights.js';

/** A rectangle in whole pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Resizes a picture as Pillow and torchvision do: antialiased when shrinking, half-pixel centres, horizontally first and then
 * vertically, each rounded to 8 bits, in the same fixed-point arithmetic: the results are the same bits.
 * @param window the part of the resized picture that is wanted; only what it reads is computed. Default: all of it
 * @throws GradcamError `invalid-image`
 */
export function resample(image: RgbImage, width: number, height: number, interpolation: Interpolation, window?: Rectangle): RgbImage {
  checkImage(image);
  const part = window ?? { left: 0, top: 0, width, height };
  checkSize(width, height);
  checkWindow(part, width, height);
  const columns = axisWeights(image.width, width, part.left, part.width, interpolation);
  const rows = axisWeights(image.height, height, part.top, part.height, interpolation);
  const top = rows.first[0] ?? 0;
  const bottom = (rows.first[part.height - 1] ?? 0) + (rows.count[part.height - 1] ?? 0);
  const narrow = resampleRows(image, columns, part.width, top, bottom);
  const data = resampleColumns(narrow, 3 * part.width, rows, part.height, top);
  return { width: part.width, height: part.height, data };
}

function checkWindow({ left, top, width, height }: Rectangle, limitX: number, limitY: number): void {
  checkSize(width, height);
  if (left >= 0 && top >= 0 && left + width <= limitX && top + height <= limitY) return;
  const expected = `a window within ${limitX} × ${limitY}`;
  throw new GradcamError('invalid-image', `expected ${expected}, got ${width} × ${height} at (${left}, ${top})`);
}

/** Half of the fixed point's unit: what makes a shift round to nearest. */
const HALF = 1 << (PRECISION_BITS - 1);

/** Source rows `top` … `bottom − 1`, each resized to `width` pixels. */
function resampleRows({ data, width: stride }: RgbImage, axis: AxisWeights, width: number, top: number, bottom: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(3 * width * (bottom - top));
  const { first, count, weights, taps } = axis;
  let o = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = 0; x < width; x++) {
      let i = 3 * (y * stride + (first[x] as number));
      let w = x * taps;
      const end = w + (count[x] as number);
      // Math.imul keeps the sums in 32-bit integers, which they never exceed: 255 · 1.25 (the cubic's overshoot) · 2^22 < 2^31.
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (; w < end; w++, i += 3) {
        const weight = weights[w] as number;
        red = (red + Math.imul(data[i] as number, weight)) | 0;
        green = (green + Math.imul(data[i + 1] as number, weight)) | 0;
        blue = (blue + Math.imul(data[i + 2] as number, weight)) | 0;
      }
      // The array clamps what the cubic overshoots.
      out[o++] = red >> PRECISION_BITS;
      out[o++] = green >> PRECISION_BITS;
      out[o++] = blue >> PRECISION_BITS;
    }
  }
  return out;
}

/** Rows of `stride` bytes, the first of which is source row `top`, resized to `height` rows. */
function resampleColumns(data: Uint8ClampedArray, stride: number, axis: AxisWeights, height: number, top: number): Uint8Array {
  const out = new Uint8ClampedArray(stride * height);
  const { first, count, weights, taps } = axis;
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    const last = (count[y] as number) - 1;
    const start = ((first[y] as number) - top) * stride;
    // Row by row, not pixel by pixel: memory is read in the order in which it lies. Four rows at a time, which halves the work on the sums; past the
    // last there is a row without weight.
    for (let t = 0; t <= last; t += 4) {
      const at = y * taps + t;
      const w0 = weights[at] as number;
      const w1 = t < last ? (weights[at + 1] as number) : 0;
      const w2 = t + 1 < last ? (weights[at + 2] as number) : 0;
      const w3 = t + 2 < last ? (weights[at + 3] as number) : 0;
      const i0 = start + t * stride;
      const i1 = start + Math.min(t + 1, last) * stride;
      const i2 = start + Math.min(t + 2, last) * stride;
      const i3 = start + Math.min(t + 3, last) * stride;
      for (let x = 0; x < stride; x++) {
        const more = Math.imul(data[i0 + x] as number, w0) + Math.imul(data[i1 + x] as number, w1);
        const rest = Math.imul(data[i2 + x] as number, w2) + Math.imul(data[i3 + x] as number, w3);
        sums[x] = (sums[x] as number) + more + rest;
      }
    }
    for (let x = 0; x < stride; x++) out[y * stride + x] = (sums[x] as number) >> PRECISION_BITS;
  }
  return new Uint8Array(out.buffer);
}
