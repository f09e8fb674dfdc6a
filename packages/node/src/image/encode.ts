import { extname } from 'node:path';
import { GradcamError, type RgbImage } from '@gradcam/core';
import type { Sharp } from 'sharp';
import { loadSharp } from './sharp.js';

/** High enough that a colour map shows no blocks. */
const LOSSY_QUALITY = 92;

/** How a picture becomes bytes. */
export interface EncodeOptions {
  /** In half of the time, for a JPEG or WebP file that is hardly larger, or a PNG file that is half as large again: where many are written. */
  readonly quick?: boolean;
}

const ENCODERS: Readonly<Record<string, (picture: Sharp, quick: boolean) => Sharp>> = {
  '.png': (picture, quick) => picture.png(quick ? { compressionLevel: 1 } : {}),
  '.jpg': jpeg,
  '.jpeg': jpeg,
  '.webp': (picture, quick) => picture.webp({ quality: LOSSY_QUALITY, smartSubsample: true, effort: quick ? 0 : 4 }),
};

function jpeg(picture: Sharp, quick: boolean): Sharp {
  // Without chroma subsampling, which would smear the colours of a heatmap; with the standard's code tables where it must be quick.
  return picture.jpeg({ quality: LOSSY_QUALITY, chromaSubsampling: '4:4:4', optimizeCoding: !quick });
}

/** The extensions that pictures can be written with. */
export const imageExtensions: readonly string[] = Object.keys(ENCODERS);

/**
 * The extension of a path by which its format is chosen, in lower case.
 *
 * @throws GradcamError `not-writable` where no picture is written with it; to be asked before the work is done
 */
export function imageExtension(path: string): string {
  const extension = extname(path).toLowerCase();
  if (Object.hasOwn(ENCODERS, extension)) return extension;
  throw new GradcamError('not-writable', `Expected a file ending in ${imageExtensions.join(', ')} to write a picture to, got '${path}'.`);
}

/** A picture as the bytes of a PNG file. */
export function encodePng(image: RgbImage): Promise<Uint8Array> {
  return encodeImage(image, '.png');
}

/**
 * A picture as the bytes of a file.
 *
 * @param extension `.png`, `.jpg`, `.jpeg` or `.webp`
 * @throws GradcamError `not-writable` for other extensions
 */
export async function encodeImage(image: RgbImage, extension: string, options: EncodeOptions = {}): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, data } = image;
  return encode(sharp(data, { raw: { width, height, channels: 3 } }), extension, options);
}

/** @internal */
export async function encode(picture: Sharp, extension: string, { quick = false }: EncodeOptions = {}): Promise<Uint8Array> {
  // `imageExtension` takes paths: '.png' alone would be a hidden file without an extension.
  const encoder = ENCODERS[imageExtension(`picture${extension}`)];
  if (encoder === undefined) throw new GradcamError('not-writable', `No picture is written as '${extension}'.`);
  const bytes = await encoder(picture, quick).toBuffer();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
