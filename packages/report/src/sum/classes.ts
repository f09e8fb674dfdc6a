import { clusterHeatmaps, GradcamError, type Heatmap, type HeatmapCluster, type HeatmapClusters } from '@gradcam/core';
import type { Row } from '@gradcam/jobs';

/** The heatmaps of one class. */
export interface ClassSummary {
  /** Index of the class in the network. */
  readonly index: number;
  /** Rows that explain it. */
  readonly rows: readonly number[];
  /** Clusters; their members, and points of the plane, are rows. */
  readonly clusters: readonly HeatmapCluster[];
  readonly empty: readonly number[];
  readonly plane: HeatmapClusters['plane'];
  /** Mean of all its heatmaps with evidence, each divided by its maximum. */
  readonly mean?: Heatmap;
}

/** Groups rows by the class that they explain, and finds the clusters of each, the largest class first. */
export async function sumClasses(
  rows: readonly Row[],
  maps: readonly (Heatmap | undefined)[],
  options: { readonly signal?: AbortSignal | undefined; readonly progress?: ((done: number, total: number) => void) | undefined } = {},
): Promise<ClassSummary[]> {
  const byClass = new Map<number, number[]>();
  for (const [at, { class: index, error }] of rows.entries()) {
    if (index === null || error !== null) continue;
    const own = byClass.get(index);
    if (own === undefined) byClass.set(index, [at]);
    else own.push(at);
  }
  const ordered = [...byClass].sort(([one, ofOne], [other, ofOther]) => ofOther.length - ofOne.length || one - other);
  const classes: ClassSummary[] = [];
  for (const [index, own] of ordered) {
    if (options.signal?.aborted) throw new GradcamError('aborted', 'the report was stopped');
    classes.push(sumClass(index, own, maps));
    options.progress?.(classes.length, ordered.length);
    // Between classes others have their turn: signals, a bar.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return classes;
}

function sumClass(index: number, rows: readonly number[], maps: readonly (Heatmap | undefined)[]): ClassSummary {
  const mapped = rows.filter((row) => maps[row] !== undefined);
  const rowOf = (at: number) => mapped[at] as number;
  const found = clusterHeatmaps(mapped.flatMap((row) => maps[row] ?? []));
  const clusters = found.clusters.map(({ members, mean }) => ({ members: members.map(rowOf), mean }));
  const mean = meanMap(clusters);
  return {
    index,
    rows,
    clusters,
    empty: found.empty.map(rowOf),
    plane: found.plane.map(({ index: at, x, y }) => ({ index: rowOf(at), x, y })),
    ...(mean && { mean }),
  };
}

/** The mean of all members of some clusters, whose means are on one grid. */
export function meanMap(clusters: readonly HeatmapCluster[]): Heatmap | undefined {
  const [first] = clusters;
  if (first === undefined) return undefined;
  const total = clusters.reduce((sum, { members }) => sum + members.length, 0);
  const data = new Float32Array(first.mean.data.length);
  for (const { mean, members } of clusters)
    for (const [at, value] of mean.data.entries()) data[at] = (data[at] as number) + (value * members.length) / total;
  return { ...first.mean, data };
}
