import type { Box } from '@gradcam/core';

/**
 * Boxes as people write them: `x0,y0,x1,y1` as text, several separated by `;`; a list of four numbers; or a list of such lists. None where there is
 * nothing.
 *
 * @param wrong makes the error, of what is wrong in words
 */
export function boxesOf(value: unknown, wrong: (what: string) => Error): Box[] {
  if (value === undefined || value === null || value === '') return [];
  const lists: unknown[] =
    typeof value === 'string' ? value.split(';').map(numbersOf) : Array.isArray(value) && value.every(Array.isArray) ? value : [value];
  return lists.map((list) => {
    const [left, top, right, bottom, more]: unknown[] = Array.isArray(list) ? list : [];
    if (isCoordinate(left) && isCoordinate(top) && isCoordinate(right) && isCoordinate(bottom) && more === undefined)
      return [left, top, right, bottom];
    throw wrong(`expected a box as x0,y0,x1,y1 in pixels (several separated by ;), but got ${JSON.stringify(value)}`);
  });
}

function numbersOf(text: string): number[] {
  return text
    .trim()
    .split(/[\s,]+/)
    .map((part) => (part === '' ? Number.NaN : Number(part)));
}

function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
