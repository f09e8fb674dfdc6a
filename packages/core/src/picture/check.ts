import { GradcamError } from '../errors.js';
import type { Heatmap, RgbImage } from './image.js';

/**
 * Checks that a picture's data has as many bytes as its size says, so that no loop reads past the end and paints black.
 * @throws GradcamError `invalid-image`
 */
export function checkImage({ width, height, data }: RgbImage): void {
  if (positive(width) && positive(height) && data.length === 3 * width * height) return;
  throw new GradcamError(
    'invalid-image',
    `expected a picture of 3 · width · height bytes, got ${data.length} bytes for ${width} × ${height}`,
  );
}

/** The same for a map. @throws GradcamError `invalid-tensor` */
export function checkHeatmap({ width, height, data }: Heatmap): void {
  if (positive(width) && positive(height) && data.length === width * height) return;
  throw new GradcamError('invalid-tensor', `expected a map of width · height values, got ${data.length} values for ${width} × ${height}`);
}

/** Checks the size of a picture to be made. @throws GradcamError `invalid-image` */
export function checkSize(width: number, height: number): void {
  if (positive(width) && positive(height)) return;
  throw new GradcamError('invalid-image', `expected a size in whole pixels of at least 1 × 1, got ${width} × ${height}`);
}

const positive = (side: number): boolean => Number.isSafeInteger(side) && side >= 1;
