import { averageMap, type Heatmap } from '@gradcam/core';
import type { Row } from '@gradcam/jobs';
import type { PageRows } from '../data.js';
import { isInside } from '../read/folder.js';
import { addressOf, base64, bytesOf, commonFolder, ROW_GRID } from './encode.js';

/** What rows of the table are written with. */
export interface RowSources {
  readonly rows: readonly Row[];
  readonly maps: readonly (Heatmap | undefined)[];
  /** Of each row its cluster, −1 for none. */
  readonly clusters: Int32Array;
  /** The place of a class among those of the page. */
  readonly place: (index: number | null) => number | null;
  /** Way from the page to the folder. */
  readonly base: string;
}

/** The columns of some rows. */
export function pageRows(chosen: readonly number[], { rows, maps, clusters, place, base }: RowSources): PageRows {
  const of = chosen.map((row) => rows[row] as Row);
  const folder = commonFolder(of.map(({ image }) => image));
  const sizes: [number, number][] = [];
  const size: number[] = [];
  const parts: Uint8Array[] = [];
  for (const row of chosen) {
    const map = maps[row];
    const small = map && shrunk(map);
    const bytes = small && bytesOf(small);
    if (small === undefined || bytes === undefined) {
      size.push(-1);
      continue;
    }
    let known = sizes.findIndex(([width, height]) => width === small.width && height === small.height);
    if (known < 0) known = sizes.push([small.width, small.height]) - 1;
    size.push(known);
    parts.push(bytes);
  }
  return {
    image: of.map(({ image }) => image.slice(folder.length)),
    class: of.map((row) => place(row.class)),
    probability: of.map(({ probability }) => rounded(probability)),
    predicted: of.map((row) => place(row.predicted)),
    target: of.map((row) => place(row.target)),
    outside: of.map(({ energyInside }) => (energyInside === null ? null : rounded(1 - energyInside))),
    entropy: of.map(({ entropy }) => rounded(entropy)),
    cluster: chosen.map((row) => ((clusters[row] as number) < 0 ? null : (clusters[row] as number))),
    overlay: of.map(({ overlay }) => (overlay !== null && isInside(overlay) ? addressOf(base, overlay) : null)),
    error: of.map(({ error }) => error),
    sizes,
    size,
    maps: base64(Buffer.concat(parts)),
  };
}

function shrunk(map: Heatmap): Heatmap {
  const scale = ROW_GRID / Math.max(map.width, map.height);
  return scale >= 1 ? map : averageMap(map, Math.max(1, Math.round(scale * map.width)), Math.max(1, Math.round(scale * map.height)));
}

/** As exact as the table is, so that a filter finds the same here and there. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(6));
}
