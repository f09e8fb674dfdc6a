import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type Box, GradcamError } from '@gradcam/core';
import { readTextFile } from '../../input/text.js';
import { boxesOf } from './boxes.js';
import type { Item } from './items.js';

/**
 * Boxes by the image's file name: `{"cat.jpg": [[x0, y0, x1, y1], …], …}`. Each may also be an object with a `box`, and all may lie below `boxes`.
 *
 * @throws GradcamError `not-found`, `limit`, `invalid-region`
 */
export async function readBoxes(path: string): Promise<ReadonlyMap<string, readonly Box[]>> {
  const wrong = (what: string, cause?: unknown) => new GradcamError('invalid-region', `'${path}': ${what}`, { cause });
  const text = await readTextFile(path, 'a file of boxes');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw wrong('it is no JSON', error);
  }
  const whole = entriesOf(content);
  const nested = new Map(whole).get('boxes');
  const entries = nested === undefined ? whole : entriesOf(nested);
  if (entries.length === 0) throw wrong('expected an object such as {"cat.jpg": [[8, 8, 90, 70]]}');
  return new Map(
    entries.map(([name, boxes]) => {
      const list = Array.isArray(boxes) ? boxes.map((box: unknown) => new Map(entriesOf(box)).get('box') ?? box) : boxes;
      return [name, boxesOf(list, (what) => wrong(`${name}: ${what}`))];
    }),
  );
}

/** Masks of a folder by their stem. @throws GradcamError `not-found` */
export async function findMasks(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new GradcamError('not-found', `expected a folder of masks at '${folder}', but it cannot be read`, { cause: error });
  });
  return new Map(files.sort().map((file) => [basename(file, extname(file)), join(folder, file)]));
}

/** An image with the box or mask that belongs to its name, where the manifest gives none. */
export function placed(item: Item, boxes: ReadonlyMap<string, readonly Box[]>, masks: ReadonlyMap<string, string>): Item {
  if (item.boxes.length > 0 || item.mask !== undefined) return item;
  const mask = masks.get(item.source.stem);
  return { ...item, boxes: boxes.get(basename(item.source.name)) ?? [], ...(mask !== undefined && { mask: { path: mask } }) };
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
