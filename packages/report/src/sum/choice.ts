import type { Row } from '@gradcam/jobs';
import { isRight } from './images.js';

/** Rows that a page holds: it opens at once, and its file has some 5 MB. */
export const PAGE_ROWS = 20_000;

/**
 * The rows that the page holds where a table has more: errors first, then wrong predictions, the surest of them first, then the heatmaps with the most energy
 * outside of the object, then rows of all the rest, evenly. Each kind leaves room for those after it.
 *
 * @param always rows that are there in any case, such as examples
 * @returns in the order of the table
 */
export function chooseRows(rows: readonly Row[], room: number, always: readonly number[] = []): number[] {
  if (rows.length <= room) return [...rows.keys()];
  const chosen = new Set(always.slice(0, room >> 2));
  const add = (kind: readonly number[], until: number) => {
    for (const row of kind) {
      if (chosen.size >= until) return;
      chosen.add(row);
    }
  };
  const all = [...rows.keys()];
  const of = (row: number) => rows[row] as Row;
  const failed = all.filter((row) => of(row).error !== null);
  const wrong = all.filter((row) => isRight(of(row)) === false);
  wrong.sort((one, other) => (of(other).predictedProbability ?? 0) - (of(one).predictedProbability ?? 0) || one - other);
  const outliers = all.filter((row) => of(row).energyInside !== null);
  outliers.sort((one, other) => (of(one).energyInside ?? 0) - (of(other).energyInside ?? 0) || one - other);
  add(failed, Math.round(0.4 * room));
  add(wrong, Math.round(0.65 * room));
  add(outliers, Math.round(0.75 * room));
  const rest = all.filter((row) => !chosen.has(row));
  const free = room - chosen.size;
  for (let at = 0; at < free; at++) chosen.add(rest[Math.floor((at * rest.length) / free)] as number);
  return [...chosen].sort((one, other) => one - other);
}
