import { findClass, inTypeOf, type Preprocess, preprocess, type Tensor, type Truth } from '@gradcam/core';
import { asInput, regionOf } from '@gradcam/jobs';
import { UsageError } from '../../errors.js';
import { readSource } from '../../input/source.js';
import type { Io } from '../../io.js';
import type { Item } from './items.js';
import type { Setup } from './setup.js';

/** An image as the network takes it, with what is known of it. */
export interface Picture {
  readonly input: Tensor;
  readonly class?: number;
  readonly truth?: Truth;
}

/** Reads an image, its mask, and what class is meant. @throws GradcamError for whatever is wrong with them */
export async function readPicture(item: Item, { input, labels, classes, spec }: Setup, io: Io): Promise<Picture> {
  const asked = item.class === undefined ? {} : { class: findClass(labels.names, item.class, classes) };
  const loaded = await readSource(item.source, io);
  if (loaded.kind === 'tensor') {
    if (item.boxes.length > 0 || item.mask !== undefined)
      throw new UsageError(`'${item.source.name}' is a tensor: boxes and masks belong to pictures; give the picture that it was made of`);
    return { input: asInput(loaded.tensor, input, item.source.name), ...asked };
  }
  const { tensor, placement } = preprocess(loaded.picture, spec, input.channels);
  const region = await regionOf(item, loaded.picture);
  return { input: inTypeOf(tensor, input), ...asked, ...(region && { truth: { region, placement } }) };
}

/** The middle of grey, in the network's numbers: a number a channel. */
export function greyOf({ scale, mean, std }: Preprocess, channels: number): number[] {
  return Array.from(
    { length: channels },
    (_, channel) => (127.5 * scale - (mean[channel] ?? mean[0] ?? 0)) / (std[channel] ?? std[0] ?? 1),
  );
}
