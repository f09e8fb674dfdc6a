import { GradcamError } from '@gradcam/core';
import type { Drawable } from './drawable.js';

/** A drawing has no size of its own in pixels: its longer side is drawn this long at least and at most, as `@gradcam/node` does. */
const MIN_SIDE = 512;
const MAX_SIDE = 2048;

/** Whether a file is an SVG, which browsers draw in elements only. */
export async function isSvg(file: Blob): Promise<boolean> {
  if (file.type !== '') return file.type === 'image/svg+xml';
  return /^\uFEFF?\s*</.test(await file.slice(0, 1024).text());
}

/** An SVG in an element of the page, which follows no references and runs no scripts. @throws GradcamError `invalid-image` */
export async function svgImage(file: Blob, name: string): Promise<Drawable> {
  if (typeof Image === 'undefined')
    throw new GradcamError(
      'invalid-image',
      `The picture '${name}' is an SVG, which browsers draw in pages only; read it there and hand its pixels to the worker.`,
    );
  const image = new Image();
  const url = URL.createObjectURL(file.type === '' ? new Blob([file], { type: 'image/svg+xml' }) : file);
  const release = () => URL.revokeObjectURL(url);
  try {
    image.src = url;
    await image.decode();
  } catch (error) {
    release();
    throw new GradcamError('invalid-image', `The SVG '${name}' cannot be drawn; open it in a browser to see why, or save it as PNG.`, {
      cause: error,
    });
  }
  // Without width and height of its own a drawing is shown at 300 × 150, the size of what says nothing.
  const [width, height] = [image.naturalWidth || 300, image.naturalHeight || 150];
  const longer = Math.max(width, height);
  const scale = Math.min(Math.max(longer, MIN_SIDE), MAX_SIDE) / longer;
  return { source: image, width: Math.round(width * scale), height: Math.round(height * scale), release };
}
