import { extname } from 'node:path';
import { GradcamError, type RgbImage } from '@gradcam/core';
import type { Sharp } from 'sharp';
import { loadSharp } from './sharp.js';

/** High enough that a colour map shows no blocks. */
const LOSSY_QUALITY = 92;

const ENCODERS: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  '.png': (picture) => picture.png(),
  // Without chroma subsampling, which would smear the colours of a heatmap.
  '.jpg': (picture) => picture.jpeg({ quality: LOSSY_QUALITY, chromaSubsampling: '4:4:4' }),
  '.jpeg': (picture) => picture.jpeg({ quality: LOSSY_QUALITY, chromaSubsampling: '4:4:4' }),
  '.webp': (picture) => picture.webp({ quality: LOSSY_QUALITY, smartSubsample: true }),
};

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
export async function encodeImage(image: RgbImage, extension: string): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, data } = image;
  return encode(sharp(data, { raw: { width, height, channels: 3 } }), extension);
}

/** @internal */
export async function encode(picture: Sharp, extension: string): Promise<Uint8Array> {
  // `imageExtension` takes paths: '.png' alone would be a hidden file without an extension.
  const encoder = ENCODERS[imageExtension(`picture${extension}`)];
  if (encoder === undefined) throw new GradcamError('not-writable', `No picture is written as '${extension}'.`);
  const bytes = await encoder(picture).toBuffer();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
