import type { Heatmap, Placement } from '@gradcam/core';

/** Where the evidence lies on a picture. */
export interface Whereabouts {
  /** The region that holds most of it, in words: `upper left`. */
  readonly region: string;
  /** How much of the evidence that region holds, 0 … 1. */
  readonly share: number;
  /** The least part of what the network saw that holds half of the evidence, 0 … 1: small where the network looks at one thing. */
  readonly half: number;
}

/** A region by its edges as shares of the picture. */
interface Region {
  readonly name: string;
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
}

const quarters: readonly Region[] = [
  { name: 'centre', x: [0.25, 0.75], y: [0.25, 0.75] },
  { name: 'upper left', x: [0, 0.5], y: [0, 0.5] },
  { name: 'upper right', x: [0.5, 1], y: [0, 0.5] },
  { name: 'lower left', x: [0, 0.5], y: [0.5, 1] },
  { name: 'lower right', x: [0.5, 1], y: [0.5, 1] },
];

const halves: readonly Region[] = [
  { name: 'upper half', x: [0, 1], y: [0, 0.5] },
  { name: 'lower half', x: [0, 1], y: [0.5, 1] },
  { name: 'left half', x: [0, 0.5], y: [0, 1] },
  { name: 'right half', x: [0.5, 1], y: [0, 1] },
];

/** A quarter of the picture is named where it holds nearly half of the evidence, and most of what any half holds; else a half where it holds two thirds. */
const ENOUGH_OF_A_QUARTER = 0.45;
const MOST_OF_A_HALF = 0.6;
const ENOUGH_OF_A_HALF = 0.66;

/**
 * Where the evidence of a heatmap lies: its values are taken as the evidence of their pixels, added up by region of the picture.
 *
 * @param placement where the heatmap lies on the picture
 * @param picture the size that the placement speaks of
 * @returns undefined where there is no evidence
 */
export function whereabouts(
  heatmap: Heatmap,
  placement: Placement,
  picture: { readonly width: number; readonly height: number },
): Whereabouts | undefined {
  const sums = new Map([...quarters, ...halves].map((region) => [region, 0]));
  const values: number[] = [];
  let total = 0;
  for (let i = 0; i < heatmap.data.length; i++) {
    const x = (placement.left + placement.scaleX * ((i % heatmap.width) + 0.5)) / picture.width;
    const y = (placement.top + placement.scaleY * (Math.floor(i / heatmap.width) + 0.5)) / picture.height;
    const value = heatmap.data[i] ?? 0;
    // The border of a letterbox is no part of the picture.
    if (x < 0 || x >= 1 || y < 0 || y >= 1) continue;
    values.push(value);
    total += value;
    for (const [region, sum] of sums) if (lies(x, region.x) && lies(y, region.y)) sums.set(region, sum + value);
  }
  if (!(total > 0)) return undefined;
  const most = (regions: readonly Region[]) =>
    regions
      .map((region) => ({ region: region.name, share: (sums.get(region) ?? 0) / total }))
      .reduce((best, one) => (one.share > best.share ? one : best));
  const half = shareOfHalf(values, total);
  const [quarter, side] = [most(quarters), most(halves)];
  if (quarter.share >= Math.max(ENOUGH_OF_A_QUARTER, MOST_OF_A_HALF * side.share)) return { ...quarter, half };
  return side.share >= ENOUGH_OF_A_HALF ? { ...side, half } : { region: 'whole picture', share: 1, half };
}

function lies(at: number, [from, to]: readonly [number, number]): boolean {
  return at >= from && at < to;
}

/** The highest values that make up half of all, as a share of their number. */
function shareOfHalf(values: readonly number[], total: number): number {
  const sorted = Float32Array.from(values).sort();
  let count = 0;
  for (let sum = 0; sum < total / 2 && count < sorted.length; count++) sum += sorted[sorted.length - 1 - count] ?? 0;
  return count / sorted.length;
}

/** `lower right, 62 % of the evidence` */
export function inWords(where: Whereabouts | undefined): string {
  if (where === undefined) return 'nothing speaks for it';
  if (where.region === 'whole picture') return 'spread over the whole picture';
  return `${where.region}, ${percent(where.share)} of the evidence`;
}

/** A probability in percent; small ones with the digits that tell them apart. */
export function chance(probability: number): string {
  const share = 100 * probability;
  if (share >= 9.95 || !(share > 0)) return percent(probability);
  return share < 0.1 ? '< 0.1 %' : `${share.toFixed(1)} %`;
}

/** A share as a whole number of percent, and never as none or all where it is not. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return '< 1 %';
  if (share < 1 && share > 0.995) return '> 99 %';
  return `${Math.round(100 * share)} %`;
}
