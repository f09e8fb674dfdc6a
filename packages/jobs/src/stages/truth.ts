import { type Region, type RgbImage, regionOfBoxes, regionOfMask } from '@gradcam/core';
import { readImageAt } from '../files/image.js';
import type { Item, Mask } from '../job/item.js';

/** Where the thing is in a picture; undefined where nobody says. @throws GradcamError `invalid-region`, `not-found`, `invalid-image` */
export async function regionOf({ boxes, mask }: Pick<Item, 'boxes' | 'mask'>, picture: RgbImage): Promise<Region | undefined> {
  if (mask !== undefined) return regionOfMask(await readMask(mask), picture);
  return boxes.length === 0 ? undefined : regionOfBoxes(boxes, picture);
}

/** A mask as a picture: grey, so that all its channels are the same, or of any colours on black. */
async function readMask({ path, value }: Mask): Promise<Region> {
  const { width, height, data } = await readImageAt(path);
  const inside = Uint8Array.from({ length: width * height }, (_, at) => {
    const color = data.subarray(3 * at, 3 * at + 3);
    return (value === undefined ? color.some((level) => level !== 0) : color[0] === value) ? 1 : 0;
  });
  return { width, height, inside };
}
