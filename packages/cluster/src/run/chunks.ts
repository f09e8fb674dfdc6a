import { createHash } from 'node:crypto';
import { type Item, type KeyedItem, newKey } from '@gradcam/jobs';

/** Pictures that are put, taken and written down together. */
export interface Chunk {
  readonly id: string;
  readonly items: readonly KeyedItem[];
}

/** No chunk is longer than so many times what was asked for. */
const MAX_LENGTH = 4;

/** Digits of a key that say whether a chunk ends at it: enough for chunks of some thousands. */
const DIGITS = 8;

/**
 * Cuts a run into chunks of `size` pictures on average. Where one ends is written in its last picture's key, so that a picture more or less changes the chunk
 * that it lies in, and hardly ever another: a run that has grown does again what it must.
 */
export async function* cut(items: AsyncIterable<Item>, size: number): AsyncGenerator<Chunk> {
  const before = new Set<string>();
  let group: KeyedItem[] = [];
  for await (const item of items) {
    const key = newKey(item, before);
    before.add(key);
    group.push({ ...item, key });
    if (Number.parseInt(key.slice(-DIGITS), 16) % size !== 0 && group.length < MAX_LENGTH * size) continue;
    yield chunkOf(group);
    group = [];
  }
  if (group.length > 0) yield chunkOf(group);
}

function chunkOf(items: readonly KeyedItem[]): Chunk {
  return { id: chunkId(items), items };
}

/** The same for the same pictures, and no other's. */
export function chunkId(items: readonly KeyedItem[]): string {
  return digest(items.map(({ key }) => key));
}

/** 96 bits. */
export function digest(of: unknown): string {
  return createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 24);
}
