import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Box, GradcamError } from '@gradcam/core';
import type { Mask } from '@gradcam/jobs';
import { UsageError } from '../../errors.js';
import { requireOneInput, type Source, toSource } from '../../input/source.js';
import type { EvaluateFlags } from './command.js';
import { readManifest } from './manifest.js';
import { findMasks, placed, readBoxes } from './places.js';

/** An image to be measured, and what is known of it. */
export interface Item {
  readonly source: Source;
  /** Index or label; absent: the most probable. */
  readonly class?: string;
  /** Where the thing is, in pixels of the image. */
  readonly boxes: readonly Box[];
  readonly mask?: Mask;
}

/** Extensions of the files of a folder that are images. */
export const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff', '.svg', '.npy'];

/** Images of a run; more at once is a slip. */
const MAX_ITEMS = 1_000_000;

/** All images that the command is given: files, folders (sorted by name), and those of the manifest. */
export async function findItems(sources: readonly string[], flags: EvaluateFlags): Promise<Item[]> {
  const { manifest, root, class: asked } = flags;
  const items: Item[] = [];
  for (const name of sources) for (const path of await imagesOf(name)) items.push({ source: toSource(path), boxes: [] });
  if (manifest !== undefined)
    for await (const { image, place: _, ...known } of readManifest(manifest, root)) items.push({ source: toSource(image), ...known });
  else if (root !== undefined) throw new UsageError('--root is the folder of the paths of a manifest, but there is no --manifest');
  if (items.length === 0) throw new UsageError('expected images, a folder of images, or --manifest FILE');
  if (items.length > MAX_ITEMS) throw new GradcamError('limit', `expected at most ${MAX_ITEMS} images, but there are ${items.length}`);
  requireOneInput(items.map(({ source }) => source));
  const boxes = flags.boxes === undefined ? new Map<string, readonly Box[]>() : await readBoxes(flags.boxes);
  const masks = flags.masks === undefined ? new Map<string, string>() : await findMasks(flags.masks);
  return items.map((item) => placed(asked === undefined ? item : { ...item, class: item.class ?? asked }, boxes, masks));
}

async function imagesOf(name: string): Promise<string[]> {
  const folder = await stat(name).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!folder) return [name];
  const files = (await readdir(name)).filter((file) => EXTENSIONS.includes(extname(file).toLowerCase())).sort();
  if (files.length === 0) throw new GradcamError('not-found', `expected images in the folder '${name}', but there are none`);
  return files.map((file) => join(name, file));
}
