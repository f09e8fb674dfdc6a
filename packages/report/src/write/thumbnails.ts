import { GradcamError, resample } from '@gradcam/core';
import { encodeImage, readImage } from '@gradcam/node';
import type { ResultFolder } from '../read/folder.js';

/** The longer side of an example's picture; at twice the pixels of the screen it is still sharp enough. */
const SIDE = 112;

/** Pictures in a page: some 3 KB each. */
export const MAX_THUMBNAILS = 500;

const AT_ONCE = 4;

/** Small pictures of overlays, as WebP, by their names. What is missing or damaged has none: the page shows its heatmap instead. */
export async function thumbnailsOf(
  folder: ResultFolder,
  names: Iterable<string>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const queue = [...new Set(names)].slice(0, MAX_THUMBNAILS).values();
  const made = new Map<string, Uint8Array>();
  const work = async () => {
    for (const name of queue) {
      if (signal?.aborted) throw new GradcamError('aborted', 'the report was stopped');
      const path = await folder.find(name);
      if (path === undefined) continue;
      try {
        const image = await readImage(path);
        const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
        const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(scale * side))) as [number, number];
        made.set(name, await encodeImage(resample(image, width, height, 'bilinear'), '.webp'));
      } catch (error) {
        if (!(error instanceof GradcamError)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;
}
