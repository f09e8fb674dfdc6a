import type { PageClass, PageData, PageMap } from '../src/data';

/** The data of the page, as it stands in it. */
export const report: PageData = JSON.parse(document.getElementById('data')?.textContent ?? '{}');

export const colors: Uint8Array = bytes(report.colors);

/** Rows that the page holds. */
export const rowCount: number = report.rows.image.length;

const maps = bytes(report.rows.maps);

/** Where the map of each row begins. */
const begins = new Int32Array(rowCount);
let begin = 0;
for (const [row, size] of report.rows.size.entries()) {
  begins[row] = begin;
  const [width, height] = report.rows.sizes[size] ?? [0, 0];
  begin += width * height;
}

/** A map as bytes, 255 its maximum. */
export interface Drawable {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export function mapOfRow(row: number): Drawable | undefined {
  const [width, height] = report.rows.sizes[report.rows.size[row] ?? -1] ?? [0, 0];
  const from = begins[row] ?? 0;
  return width === 0 ? undefined : { width, height, data: maps.subarray(from, from + width * height) };
}

export function drawable({ width, height, data }: PageMap): Drawable {
  return { width, height, data: bytes(data) };
}

/** The first of a label's synonyms. */
export function nameOf({ label }: Pick<PageClass, 'label'>): string {
  return label.split(',', 1)[0] || label;
}

/** The name of a class by its place; a dash where there is none. */
export function className(place: number | null | undefined): string {
  const found = place === null || place === undefined ? undefined : report.classes[place];
  return found === undefined ? '–' : nameOf(found);
}

/** Whether an image's prediction is its true class; undefined where that is not known. */
export function isRight(row: number): boolean | undefined {
  const { predicted, target } = report.rows;
  return predicted[row] == null || target[row] == null ? undefined : predicted[row] === target[row];
}

function bytes(text: string): Uint8Array {
  const letters = atob(text);
  const all = new Uint8Array(letters.length);
  // There are half a million: a function for each would be felt.
  for (let at = 0; at < all.length; at++) all[at] = letters.charCodeAt(at);
  return all;
}
