import type { RgbImage, Tensor } from '@gradcam/core';
import { MAX_IMAGE_BYTES, MAX_NPY_HEADER_BYTES, MAX_TENSOR_BYTES, parseNpy, readImage } from '@gradcam/node';
import { fileAt } from './files.js';

/** A picture, wherever it lies. @throws GradcamError `not-found`, `invalid-image`, `limit`, `network` */
export async function readImageAt(location: string): Promise<RgbImage> {
  const [files, path] = await fileAt(location);
  return readImage(await files.read(path, { what: 'an image', limit: MAX_IMAGE_BYTES }), location);
}

/** A tensor, wherever it lies. @throws GradcamError `not-found`, `invalid-tensor`, `limit`, `network` */
export async function readNpyAt(location: string): Promise<Tensor> {
  const [files, path] = await fileAt(location);
  return parseNpy(await files.read(path, { what: 'a .npy file', limit: MAX_TENSOR_BYTES + MAX_NPY_HEADER_BYTES }), location);
}
