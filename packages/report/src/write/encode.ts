import type { Heatmap } from '@gradcam/core';
import type { PageMap } from '../data.js';

/** Positions across and down of a map in the page: of a row there is little to see, and there are many. */
export const ROW_GRID = 8;

/** The bytes of a map, 255 its maximum; undefined for one that is nowhere positive. */
export function bytesOf({ data }: Heatmap): Uint8Array | undefined {
  const most = data.reduce((most, value) => Math.max(most, value), 0);
  return most > 0 && most < Number.POSITIVE_INFINITY
    ? Uint8Array.from(data, (value) => Math.round((255 * Math.max(value, 0)) / most))
    : undefined;
}

export function pageMap(map: Heatmap): PageMap {
  const { width, height } = map;
  return { width, height, data: base64(bytesOf(map) ?? new Uint8Array(width * height)) };
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** The address of a file, below a folder as the page sees it: names may hold any letter. */
export function addressOf(base: string, name: string): string {
  return [...base.split('/'), ...name.split('/')]
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/');
}

/** The longest folder that all paths have in common, with the / behind it. */
export function commonFolder(paths: readonly string[]): string {
  const [first = ''] = paths;
  let length = first.lastIndexOf('/') + 1;
  for (const path of paths) while (length > 0 && !path.startsWith(first.slice(0, length))) length = first.lastIndexOf('/', length - 2) + 1;
  return first.slice(0, length);
}
