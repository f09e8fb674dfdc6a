import { GradcamError, type RgbImage } from '@gradcam/core';
import { MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS } from '../limits.js';
import { type Canvas, canvas } from './canvas.js';
import { type Drawable, drawableOf } from './drawable.js';

/** Whatever a browser shows pictures with. Elements exist in a page only; the rest in workers, too. */
export type PictureSource =
  | RgbImage
  | ImageData
  | Blob
  | ImageBitmap
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | VideoFrame;

/** Options of {@link readPicture}. */
export interface ReadPictureOptions {
  /** What to call it in messages; default: the name of a `File`, else `the picture`. */
  readonly name?: string | undefined;
}

/**
 * A picture as the network's preprocessing takes it: upright by its EXIF orientation, converted to sRGB by its colour profile, transparency on
 * white; of a video or animation the frame that is shown. Files may be of every format that the browser shows; an SVG is drawn with its longer
 * side 512 to 2048 pixels long, in a page only.
 *
 * @throws GradcamError `invalid-image` or `limit`
 */
export async function readPicture(source: PictureSource, options: ReadPictureOptions = {}): Promise<RgbImage> {
  if (isRgbImage(source)) return source;
  const name = options.name ?? nameOf(source);
  if (source instanceof ImageData) return flattened(source, name);
  if (source instanceof Blob) checkBytes(source, name);
  const drawable = await drawableOf(source, name);
  try {
    return drawn(drawable, name);
  } finally {
    drawable.release();
  }
}

function isRgbImage(source: PictureSource): source is RgbImage {
  return 'data' in source && source.data instanceof Uint8Array;
}

/** How messages call a picture. */
export function nameOf(source: PictureSource): string {
  return typeof File !== 'undefined' && source instanceof File && source.name !== '' ? source.name : 'the picture';
}

function checkBytes({ size }: Blob, name: string): void {
  if (size === 0) throw new GradcamError('invalid-image', `Expected an image, but '${name}' is empty.`);
  if (size > MAX_IMAGE_BYTES)
    throw new GradcamError('limit', `Expected an image of at most ${MAX_IMAGE_BYTES} bytes, but '${name}' has ${size}.`);
}

function drawn({ source, width, height }: Drawable, name: string): RgbImage {
  checkSize(width, height, name);
  let sheet: Canvas;
  try {
    sheet = canvas(width, height);
    sheet.fillStyle = '#fff';
    sheet.fillRect(0, 0, width, height);
    sheet.drawImage(source, 0, 0, width, height);
    return flattened(sheet.getImageData(0, 0, width, height), name);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'SecurityError')
      throw new GradcamError(
        'invalid-image',
        `The browser shows '${name}' but does not give its pixels away, since it comes from another origin; load it with crossorigin="anonymous" from a host that allows it, or fetch it as a Blob.`,
        { cause: error },
      );
    throw new GradcamError('invalid-image', `The picture '${name}' (${width} × ${height}) cannot be drawn: ${words(error)}.`, {
      cause: error,
    });
  }
}

function flattened({ width, height, data }: ImageData, name: string): RgbImage {
  checkSize(width, height, name);
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = data[from + 3] as number;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[from + channel] as number;
      rgb[to + channel] = alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return { width, height, data: rgb };
}

function checkSize(width: number, height: number, name: string): void {
  if (!(width > 0 && height > 0)) throw new GradcamError('invalid-image', `Expected a picture, but '${name}' has no pixels (yet).`);
  if (width * height <= MAX_IMAGE_PIXELS) return;
  throw new GradcamError(
    'limit',
    `Expected an image of at most ${MAX_IMAGE_PIXELS} pixels, but '${name}' has ${width} × ${height}; make it smaller first.`,
  );
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
