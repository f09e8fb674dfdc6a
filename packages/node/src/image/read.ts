import { GradcamError, type RgbImage } from '@gradcam/core';
import type { Metadata } from 'sharp';
import { readBytes } from '../files/read.js';
import { MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS } from '../limits.js';
import { loadSharp } from './sharp.js';
import { drawSvg, mayBeSvg } from './svg.js';

/** Formats by sharp's names; `heif` is AVIF, since the build has no decoder for HEIC. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'heif', 'gif', 'tiff']);

const EXPECTED = 'JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG';

/**
 * A picture as the network's preprocessing takes it: upright by its EXIF orientation, converted to sRGB by its colour
 * profile, 8 bits a channel, transparency on white; of an animation the first frame. A damaged or truncated file is
 * an error, never a picture that is partly grey.
 *
 * @param source a path, or the bytes of a file
 * @param name what to call it in messages; default: the path
 * @throws GradcamError `not-found`, `invalid-image` or `limit`
 */
export async function readImage(source: string | Uint8Array, name = typeof source === 'string' ? source : 'the image'): Promise<RgbImage> {
  const bytes = typeof source === 'string' ? await readBytes(source, { what: 'an image', limit: MAX_IMAGE_BYTES }) : source;
  if (bytes.length === 0) throw new GradcamError('invalid-image', `Expected an image (${EXPECTED}), but '${name}' is empty.`);
  if (bytes.length > MAX_IMAGE_BYTES) {
    throw new GradcamError('limit', `Expected an image of at most ${MAX_IMAGE_BYTES} bytes, but '${name}' has ${bytes.length}.`);
  }
  const raster = mayBeSvg(bytes) ? await drawSvg(bytes, name) : bytes;
  checkPixels(await readHeader(raster, name), name);
  return decode(raster, name);
}

async function readHeader(bytes: Uint8Array, name: string): Promise<Metadata> {
  const sharp = await loadSharp();
  try {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (FORMATS.has(header.format)) return header;
  } catch (error) {
    if (!isUnknownFormat(error)) throw undecodable(error, name);
  }
  throw new GradcamError('invalid-image', `Expected an image (${EXPECTED}), but '${name}' is none of these.`);
}

function checkPixels({ width, height }: Metadata, name: string): void {
  if (width * height <= MAX_IMAGE_PIXELS) return;
  throw new GradcamError(
    'limit',
    `Expected an image of at most ${MAX_IMAGE_PIXELS} pixels, but '${name}' has ${width} × ${height}; make it smaller first.`,
  );
}

async function decode(bytes: Uint8Array, name: string): Promise<RgbImage> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: MAX_IMAGE_PIXELS })
      .autoOrient()
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`it decodes to ${info.channels} channels instead of 3`);
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (error) {
    throw undecodable(error, name);
  }
}

function isUnknownFormat(error: unknown): boolean {
  return error instanceof Error && error.message.includes('unsupported image format');
}

function undecodable(error: unknown, name: string): GradcamError {
  const words = (error instanceof Error ? error.message : String(error))
    .split('\n')
    // The AVIF decoder lists every seek past the end of a truncated file before it says what is wrong.
    .filter((line) => line.trim() !== '' && !line.startsWith('source: bad seek'))
    .slice(0, 1)
    .join('')
    .replace('Input buffer has corrupt header: ', '')
    .slice(0, 200);
  return new GradcamError(
    'invalid-image',
    `The image '${name}' is damaged or cut short and cannot be decoded: ${words || 'no reason given'}.`,
    {
      cause: error,
    },
  );
}
