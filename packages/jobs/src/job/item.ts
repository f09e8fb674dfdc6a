import { createHash } from 'node:crypto';
import type { Box } from '@gradcam/core';
import { namePart } from '@gradcam/node';

/** A mask in a file. */
export interface Mask {
  readonly path: string;
  /** Value of the pixels inside; absent: all that are not 0. */
  readonly value?: number;
}

/** A picture of a run, and what is known of it. */
export interface Item {
  /** Path of a picture, or of a .npy tensor that is the network's input as it stands. */
  readonly image: string;
  /** Its path below the source that it was found in: its outputs lie likewise below theirs. */
  readonly place: string;
  /** The true class, by its index or label. */
  readonly truth?: string;
  /** Where the thing is, in pixels of the picture; a mask wins over boxes. */
  readonly boxes: readonly Box[];
  readonly mask?: Mask;
}

/** An item by which a run knows it again. */
export interface KeyedItem extends Item {
  /** The same for the same item in every run, and no other's. */
  readonly key: string;
}

/** Hexadecimal digits of a key: 96 bits, so that a billion items have none in common. */
const KEY_DIGITS = 24;

/** Digits of the key in a file's name: files of one name from several folders stay apart. */
const NAME_DIGITS = 8;

/** @param occurrence how many items of the run before this one are the same */
export function keyOf({ image, truth, boxes, mask }: Item, occurrence = 0): string {
  const parts = [image, truth ?? null, boxes, mask?.path ?? null, mask?.value ?? null, occurrence];
  // Not cut out of a longer string, which would be kept along: a run has a key in memory for each picture.
  return createHash('sha256')
    .update(JSON.stringify(parts))
    .digest()
    .toString('hex', 0, KEY_DIGITS / 2);
}

/** A key that none of the run's items before has: the same picture may be given twice. */
export function newKey(item: Item, before: ReadonlySet<string>): string {
  for (let occurrence = 0; ; occurrence++) {
    const key = keyOf(item, occurrence);
    if (!before.has(key)) return key;
  }
}

/** What the files of an item are named after: a path without an extension, safe everywhere. */
export function nameOf({ place, key }: KeyedItem): string {
  const parts = place.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  const file = parts.pop() ?? '';
  const stem = file.replace(/\.[^.]*$/, '') || file;
  return [...parts.map(namePart), `${namePart(stem)}-${key.slice(0, NAME_DIGITS)}`].join('/');
}
