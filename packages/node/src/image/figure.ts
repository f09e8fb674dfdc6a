import type { Figure } from '@gradcam/core';
import { encode } from './encode.js';
import { loadSharp } from './sharp.js';

/**
 * A figure as the bytes of an image file.
 *
 * @param extension as of {@link encodeImage}; default `.png`
 * @throws GradcamError `not-writable` for other extensions
 */
export async function renderFigure(figure: Figure, extension = '.png'): Promise<Uint8Array> {
  const { width, height, background } = figure;
  const panels = figure.panels.map(({ x, y, image }) => ({
    input: Buffer.from(image.data.buffer, image.data.byteOffset, image.data.byteLength),
    raw: { width: image.width, height: image.height, channels: 3 as const },
    left: x,
    top: y,
  }));
  const sharp = await loadSharp();
  const sheet = sharp({ create: { width, height, channels: 3, background } });
  const drawn = sheet.composite([...panels, { input: Buffer.from(figure.svg), left: 0, top: 0 }]).removeAlpha();
  return encode(drawn, extension);
}
