import { GradcamError } from '../errors.js';

/** A thing in a photograph: 1 for each of its pixels, row-major. */
export interface Region {
  readonly width: number;
  readonly height: number;
  readonly inside: Uint8Array;
}

/** In pixels of the photograph: pixel i covers [i, i + 1). */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How much the proportions of a mask may differ from those of its photograph. */
const SAME_SHAPE = 0.01;

/**
 * The pixels whose centres lie in one of the boxes.
 *
 * @throws GradcamError `invalid-region` for a box without an area, or outside of the photograph
 */
export function regionOfBoxes(boxes: readonly Box[], { width, height }: Size): Region {
  const inside = new Uint8Array(width * height);
  if (boxes.length === 0) throw new GradcamError('invalid-region', 'expected a box, but there is none');
  for (const box of boxes) {
    const [left, top, right, bottom] = box;
    const place = `(${box.join(', ')})`;
    if (!(left < right && top < bottom))
      throw new GradcamError('invalid-region', `expected a box as x0, y0, x1, y1 with x0 < x1 and y0 < y1, but got ${place}`);
    if (!(left < width && top < height && right > 0 && bottom > 0))
      throw new GradcamError(
        'invalid-region',
        `the box ${place} lies outside of the picture, which is ${width} × ${height}; boxes are in its pixels`,
      );
    // Pixel i has its centre at i + ½.
    const [x0, x1] = [Math.max(0, Math.ceil(left - 0.5)), Math.min(width, Math.ceil(right - 0.5))];
    const [y0, y1] = [Math.max(0, Math.ceil(top - 0.5)), Math.min(height, Math.ceil(bottom - 0.5))];
    if (x0 >= x1 || y0 >= y1) throw new GradcamError('invalid-region', `the box ${place} covers no pixel`);
    for (let y = y0; y < y1; y++) inside.fill(1, y * width + x0, y * width + x1);
  }
  return { width, height, inside };
}

/**
 * A mask over a photograph; one of another size, as from a network, is resized to the nearest pixel.
 *
 * @throws GradcamError `invalid-region` for a mask of other proportions, or an empty one
 */
export function regionOfMask(mask: Region, { width, height }: Size): Region {
  if (mask.inside.length !== mask.width * mask.height)
    throw new GradcamError('invalid-region', `expected a mask of ${mask.width} × ${mask.height} values, but got ${mask.inside.length}`);
  if (!mask.inside.includes(1)) throw new GradcamError('invalid-region', 'the mask is empty: nothing is inside of it');
  if (mask.width === width && mask.height === height) return mask;
  // Along the shorter side of a small mask, one pixel more or less is rounding.
  const stretch = (mask.width * height) / (mask.height * width);
  const rounding = 1 / Math.min(mask.width, mask.height);
  if (Math.abs(Math.log(stretch)) > Math.max(SAME_SHAPE, rounding))
    throw new GradcamError(
      'invalid-region',
      `expected a mask in the proportions of the picture, ${width} × ${height}, but it is ${mask.width} × ${mask.height}; is it of another picture?`,
    );
  const nearest = (at: number, length: number, source: number) => Math.min(source - 1, Math.floor(((at + 0.5) * source) / length));
  const inside = Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return mask.inside[nearest(y, height, mask.height) * mask.width + nearest(x, width, mask.width)] ?? 0;
  });
  if (!inside.includes(1)) throw new GradcamError('invalid-region', 'the mask is empty once it is resized to the picture');
  return { width, height, inside };
}
