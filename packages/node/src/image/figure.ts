import type { RgbImage } from '@gradcam/core';
import sharp from 'sharp';
import { encode } from './encode.js';

/** Pictures on a sheet, and a drawing over them with titles and scales. Sizes and places in pixels. */
export interface FigureLike {
  readonly width: number;
  readonly height: number;
  /** Colour of the sheet, as CSS has it. */
  readonly background: string;
  readonly panels: readonly { readonly x: number; readonly y: number; readonly image: RgbImage }[];
  /** An SVG document of the figure's size, transparent over the panels. */
  readonly svg: string;
}

/**
 * A figure as the bytes of an image file.
 *
 * @param extension as of {@link encodeImage}; default `.png`
 * @throws GradcamError `not-writable` for other extensions
 */
export async function renderFigure(figure: FigureLike, extension = '.png'): Promise<Uint8Array> {
  const { width, height, background } = figure;
  const panels = figure.panels.map(({ x, y, image }) => ({
    input: Buffer.from(image.data.buffer, image.data.byteOffset, image.data.byteLength),
    raw: { width: image.width, height: image.height, channels: 3 as const },
    left: x,
    top: y,
  }));
  const sheet = sharp({ create: { width, height, channels: 3, background } });
  const drawn = sheet.composite([...panels, { input: Buffer.from(figure.svg), left: 0, top: 0 }]).removeAlpha();
  return encode(drawn, extension);
}
