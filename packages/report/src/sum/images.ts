import type { Row } from '@gradcam/jobs';

/** Of each row the number of its image: an image has a row for each of its classes, one after the other. */
export function imagesOf(rows: readonly Row[]): Int32Array {
  const images = new Int32Array(rows.length);
  let image = -1;
  let classes = new Set<number | null>();
  for (const [at, { image: path, class: index }] of rows.entries()) {
    // The same path and class again is the same image given twice.
    if (at === 0 || path !== rows[at - 1]?.image || classes.has(index)) {
      image++;
      classes = new Set();
    }
    classes.add(index);
    images[at] = image;
  }
  return images;
}

/** Whether the prediction is the true class; undefined where either is not known. */
export function isRight({ predicted, target }: Row): boolean | undefined {
  return predicted === null || target === null ? undefined : predicted === target;
}

/** What is counted of all rows. */
export interface Counts {
  readonly images: number;
  readonly failed: number;
  readonly judged: number;
  readonly right: number;
  readonly outside: number | null;
  readonly entropy: number | null;
  /** Images by true and predicted class, the most frequent first. */
  readonly confusion: readonly (readonly [target: number, predicted: number, images: number])[];
}

export function countImages(rows: readonly Row[]): Counts {
  const images = imagesOf(rows);
  let [failed, judged, right] = [0, 0, 0];
  const pairs = new Map<number, Map<number, number>>();
  for (const [at, row] of rows.entries()) {
    if (at > 0 && images[at] === images[at - 1]) continue;
    if (row.error !== null) failed++;
    const { target, predicted } = row;
    if (target === null || predicted === null) continue;
    judged++;
    if (target === predicted) right++;
    const line = pairs.get(target) ?? new Map<number, number>();
    line.set(predicted, (line.get(predicted) ?? 0) + 1);
    pairs.set(target, line);
  }
  const confusion = [...pairs].flatMap(([target, line]) => [...line].map(([predicted, count]) => [target, predicted, count] as const));
  confusion.sort((one, other) => other[2] - one[2] || one[0] - other[0] || one[1] - other[1]);
  return {
    images: (images.at(-1) ?? -1) + 1,
    failed,
    judged,
    right,
    outside: meanOf(rows.map(({ energyInside }) => (energyInside === null ? null : 1 - energyInside))),
    entropy: meanOf(rows.map(({ entropy }) => entropy)),
    confusion,
  };
}

/** The mean of what is known. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
