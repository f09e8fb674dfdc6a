import { GradcamError, type RgbImage } from '@gradcam/core';
import { isA } from '../picture/drawable.js';
import { type PictureSource, readPicture } from '../picture/read.js';
import { isSvg } from '../picture/svg.js';
import type { Portable } from './protocol.js';

/** A picture that crosses to the worker, and what of it moves there. What the caller gave stays the caller's. */
export interface Crossing {
  readonly picture: Portable;
  readonly transfer: Transferable[];
}

/** Files are decoded in the worker; of everything that only a page can read, a copy is made here. @throws GradcamError `invalid-image`, `limit` */
export async function crossing(source: PictureSource, name: string): Promise<Crossing> {
  if (source instanceof Blob) return (await isSvg(source)) ? pixels(source, name) : { picture: source, transfer: [] };
  if (!isElement(source)) return { picture: source, transfer: [] };
  try {
    if (isA('HTMLImageElement', source)) await source.decode();
    const bitmap = await createImageBitmap(source);
    return { picture: bitmap, transfer: [bitmap] };
  } catch {
    // An SVG without a size, or nothing to show yet: the reader says what is wrong.
    return pixels(source, name);
  }
}

async function pixels(source: PictureSource, name: string): Promise<Crossing> {
  const picture = await readPicture(source, { name });
  return { picture, transfer: isRgb(source) ? [] : [picture.data.buffer as ArrayBuffer] };
}

type Element = Exclude<PictureSource, RgbImage | ImageData | Blob | ImageBitmap>;

function isElement(source: Exclude<PictureSource, Blob>): source is Element {
  return !isRgb(source) && !(source instanceof ImageData) && !(source instanceof ImageBitmap);
}

function isRgb(source: PictureSource): source is RgbImage {
  return 'data' in source && source.data instanceof Uint8Array;
}

/** A browser keeps the pixels of other origins to itself, also from a worker. */
export function explained(error: unknown, name: string): unknown {
  if (!(error instanceof DOMException && error.name === 'DataCloneError')) return error;
  return new GradcamError(
    'invalid-image',
    `The pixels of '${name}' cannot be handed to the worker: it was closed already, or comes from another origin; give a file, or load it with crossorigin="anonymous".`,
    { cause: error },
  );
}
