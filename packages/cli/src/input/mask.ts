import { extname } from 'node:path';
import { GradcamError, type Heatmap, type Preprocess, preprocess } from '@gradcam/core';
import { readImage, readNpy } from '@gradcam/node';

/**
 * A mask over the network's input. A picture lies on the photo, whose proportions it has, and goes the way of the photo: what is not black counts. An
 * array [h, w] lies on the network's input as it is, and its numbers say how much each place counts.
 *
 * @throws GradcamError `not-found`, `invalid-image`, `invalid-tensor`
 */
export async function readMask(path: string, spec: Preprocess): Promise<Heatmap> {
  if (extname(path).toLowerCase() === '.npy') {
    const { dims, data } = await readNpy(path);
    const [height = 0, width = 0] = dims.slice(-2);
    if (dims.length < 2 || height * width !== data.length)
      throw new GradcamError('invalid-tensor', `expected '${path}' to hold a mask shaped [h, w], but its shape is [${dims.join(', ')}]`);
    return { width, height, data: Float32Array.from(data, Number) };
  }
  const picture = await readImage(path);
  const white = new Uint8Array(picture.data.length);
  for (let pixel = 0; pixel < white.length; pixel += 3)
    if (picture.data.subarray(pixel, pixel + 3).some((level) => level > 0)) white.fill(255, pixel, pixel + 3);
  const plain: Preprocess = {
    ...spec,
    layout: 'NCHW',
    channels: 'RGB',
    interpolation: 'bilinear',
    pad: 0,
    scale: 1 / 255,
    mean: [0],
    std: [1],
  };
  const { tensor } = preprocess({ ...picture, data: white }, plain, 1);
  const [height, width] = spec.size;
  return { width, height, data: tensor.data as Float32Array };
}
