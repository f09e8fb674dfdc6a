import type { Heatmap } from '../picture/image.js';

/** A part of a picture. */
export type Place = 'centre' | 'border' | 'top left' | 'top right' | 'bottom left' | 'bottom right';

/** Share of a heatmap's energy in each part of the picture. */
export type Places = Readonly<Record<Place, number>>;

/** The border is this share of the side, at each side. */
const BORDER = 1 / 8;

/** A corner is a square of this share of the sides. */
const CORNER = 1 / 4;

/**
 * Where the energy of a heatmap lies: in the middle half of width and height, in the outermost eighth on all sides, in each corner a quarter wide and high. Spread
 * evenly, those are 25 %, 44 % and 6 %.
 *
 * @returns shares of its positive part, 0 to 1; all 0 where there is none
 */
export function placesOf(heatmap: Heatmap): Places {
  const share = shareOf(heatmap);
  const [near, far] = [CORNER, 1 - CORNER];
  return {
    centre: share(near, near, far, far),
    border: Math.max(0, share(0, 0, 1, 1) - share(BORDER, BORDER, 1 - BORDER, 1 - BORDER)),
    'top left': share(0, 0, near, near),
    'top right': share(far, 0, 1, near),
    'bottom left': share(0, far, near, 1),
    'bottom right': share(far, far, 1, 1),
  };
}

/** Gives the share of the energy between left, top, right and bottom, each 0 to 1; energy lies evenly over its position's area. */
function shareOf({ width, height, data }: Heatmap): (left: number, top: number, right: number, bottom: number) => number {
  const positive = Float64Array.from(data, (value) => (value > 0 ? value : 0));
  const total = positive.reduce((sum, value) => sum + value, 0);
  return (left, top, right, bottom) => {
    let sum = 0;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        sum += overlap(x, width, left, right) * overlap(y, height, top, bottom) * (positive[y * width + x] as number);
    return total > 0 ? sum / total : 0;
  };
}

/** Share of position `at` of `length` that lies between `from` and `to`. */
function overlap(at: number, length: number, from: number, to: number): number {
  return Math.max(0, Math.min(at + 1, to * length) - Math.max(at, from * length));
}
