import type { RgbImage } from './image.js';

/** Colours of a figure, as CSS has them. */
export const BACKGROUND = '#ffffff';
export const INK = '#111827';
export const QUIET = '#6b7280';

/** A hairline around a picture, so that a white sky does not run into the paper. */
export function frame(x: number, y: number, { width, height }: RgbImage): string {
  if (width < 2 || height < 2) return '';
  return `<rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" fill="none" stroke="#000" stroke-opacity="0.14"/>`;
}

/** A drawing of a size in px. @param parts elements */
export function svg(width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`;
}
