import {
  GradcamError,
  type ImageInput,
  inTypeOf,
  type Placement,
  type Preprocess,
  preprocess,
  type RgbImage,
  type Tensor,
} from '@gradcam/core';
import { asInput } from '@gradcam/jobs';
import { parseNpy, readImage } from '@gradcam/node';
import sharp from 'sharp';
import { KEPT_PIXELS } from '../limits.js';

/** A file that somebody sent, and what is to become of it. */
export interface Reading {
  readonly bytes: Uint8Array;
  /** What messages call it. */
  readonly name: string;
  readonly input: ImageInput;
  readonly preprocess: Preprocess;
  readonly maxPixels: number;
  /** Whether an overlay will be drawn on it. */
  readonly keep: boolean;
}

/** The network's input, and where it lies on the picture; a tensor has none. */
export interface Read {
  readonly tensor: Tensor;
  readonly picture?: { readonly width: number; readonly height: number; readonly placement: Placement };
  /** Where it is to be kept and is not too large for that. */
  readonly image?: RgbImage;
}

const NPY = '\x93NUMPY';

/** Makes the network's input of a picture, or of a .npy tensor. @throws GradcamError `invalid-image`, `invalid-tensor`, `limit` */
export async function read({ bytes, name, input, preprocess: spec, maxPixels, keep }: Reading): Promise<Read> {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString('latin1');
  if (start.startsWith(NPY)) return { tensor: finite(oneOf(asInput(parseNpy(bytes, name), input, name), name), name) };
  await checkHead(bytes, start, name, maxPixels);
  const image = await readImage(bytes, name);
  const { width, height } = image;
  const { tensor, placement } = preprocess(image, spec, input.channels);
  const kept = keep && width * height <= KEPT_PIXELS;
  return { tensor: inTypeOf(tensor, input), picture: { width, height, placement }, ...(kept && { image }) };
}

/** A tensor of one picture. @throws GradcamError `invalid-tensor` */
export function oneOf(tensor: Tensor, name: string): Tensor {
  if (tensor.dims[0] === 1) return tensor;
  throw new GradcamError('invalid-tensor', `expected one picture as '${name}', but it holds ${tensor.dims[0]}; send each by itself`);
}

/** What is no number makes no map. @throws GradcamError `invalid-tensor` */
function finite(tensor: Tensor, name: string): Tensor {
  const { data } = tensor;
  if ((data instanceof Float32Array || data instanceof Float64Array) && !data.every(Number.isFinite))
    throw new GradcamError('invalid-tensor', `expected '${name}' to hold finite numbers, but some are infinite or none at all`);
  return tensor;
}

/** Looks at the first bytes alone: what is refused costs nothing. */
async function checkHead(bytes: Uint8Array, start: string, name: string, maxPixels: number): Promise<void> {
  // Drawings are programs, which can run for long; gzip may hold one.
  if (/^(?:\xEF\xBB\xBF)?\s*</.test(start) || start.startsWith('\x1f\x8b'))
    throw new GradcamError('invalid-image', `'${name}' is a drawing (SVG), which this service does not take; send it as PNG`);
  const { width, height } = await sizeOf(bytes, name);
  if (width * height > maxPixels)
    throw new GradcamError(
      'limit',
      `expected a picture of at most ${maxPixels} pixels, but '${name}' has ${width} × ${height}; make it smaller first`,
    );
}

async function sizeOf(bytes: Uint8Array, name: string): Promise<{ readonly width: number; readonly height: number }> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    const unknown = bytes.length === 0 || (error instanceof Error && error.message.includes('unsupported image format'));
    const found = bytes.length === 0 ? 'is empty' : unknown ? 'is none of these' : 'is damaged';
    throw new GradcamError('invalid-image', `expected a picture (JPEG, PNG, WebP, AVIF, GIF or TIFF), but '${name}' ${found}`);
  }
}
