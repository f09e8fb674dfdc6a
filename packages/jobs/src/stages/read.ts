import { extname } from 'node:path';
import { GradcamError, inTypeOf, type Placement, preprocess, type Region, type RgbImage, type Tensor } from '@gradcam/core';
import { readImageAt, readNpyAt } from '../files/image.js';
import type { Item } from '../job/item.js';
import type { Job } from '../job/job.js';
import { asInput } from './tensor.js';
import { regionOf } from './truth.js';

/** A picture in memory. */
export interface Picture {
  readonly image: RgbImage;
  /** Where the network's input lies on it. */
  readonly placement: Placement;
  /** The thing that it shows, where that is known. */
  readonly region?: Region;
}

/** What was read of an item. */
export interface Read {
  readonly tensor: Tensor;
  /** Undefined for a tensor from a file, which has none. */
  readonly picture?: Picture;
}

/** The first stage: a file becomes the network's input. @throws GradcamError for whatever is wrong with the picture, its box or its mask */
export async function read(job: Pick<Job, 'input' | 'preprocess'>, item: Item): Promise<Read> {
  if (extname(item.image).toLowerCase() === '.npy') return { tensor: await readTensor(job, item) };
  const image = await readImageAt(item.image);
  const region = await regionOf(item, image);
  const { tensor, placement } = preprocess(image, job.preprocess, job.input.channels);
  return { tensor: inTypeOf(tensor, job.input), picture: { image, placement, ...(region && { region }) } };
}

async function readTensor({ input }: Pick<Job, 'input'>, { image, boxes, mask }: Item): Promise<Tensor> {
  if (boxes.length > 0 || mask !== undefined)
    throw new GradcamError(
      'invalid-region',
      `'${image}' is a tensor: boxes and masks belong to pictures; give the picture that it was made of`,
    );
  const tensor = asInput(await readNpyAt(image), input, image);
  if (tensor.dims[0] === 1) return tensor;
  throw new GradcamError('invalid-tensor', `expected one picture in '${image}', but it holds ${tensor.dims[0]}; give a file for each`);
}
