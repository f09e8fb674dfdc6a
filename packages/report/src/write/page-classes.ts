import type { Heatmap } from '@gradcam/core';
import type { Row } from '@gradcam/jobs';
import type { PageClass, PageCluster, PageExample } from '../data.js';
import { isInside, type ResultFolder } from '../read/folder.js';
import { type DescribedClass, judge } from '../sum/findings.js';
import { addressOf, base64, pageMap } from './encode.js';
import { MAX_THUMBNAILS, thumbnailsOf } from './thumbnails.js';

/** Examples of a cluster. */
const EXAMPLES = 6;

/** Clusters whose examples are there as heatmaps where no more pictures fit; beyond these the rows show them. */
const MAX_CLUSTERS_WITH_EXAMPLES = 2000;

export interface ClassSources {
  readonly rows: readonly Row[];
  readonly maps: readonly (Heatmap | undefined)[];
  readonly folder: ResultFolder;
  readonly base: string;
  /** Clusters whose pictures come first, as `class/cluster` places. */
  readonly first: readonly (readonly [at: number, cluster: number])[];
  readonly signal?: AbortSignal | undefined;
}

/** Rows that are examples: of each cluster the most typical images, each once. */
export function examplesOf(members: readonly number[], rows: readonly Row[]): number[] {
  const seen = new Set<string>();
  const examples: number[] = [];
  for (const member of members) {
    const image = rows[member]?.image ?? '';
    if (seen.has(image)) continue;
    seen.add(image);
    if (examples.push(member) === EXAMPLES) break;
  }
  return examples;
}

/** Classes as the page shows them. @param labelOf the name of a class of the network */
export async function pageClasses(
  classes: readonly DescribedClass[],
  labelOf: (index: number) => string,
  sources: ClassSources,
): Promise<PageClass[]> {
  const { rows, maps, folder, base, first, signal } = sources;
  const order = [...first, ...classes.flatMap(({ clusters }, at) => clusters.map((_, cluster) => [at, cluster] as const))];
  const shown = new Map<readonly number[], number[]>();
  for (const [at, cluster] of order) {
    const members = classes[at]?.clusters[cluster]?.members;
    if (members !== undefined && !shown.has(members) && shown.size < MAX_CLUSTERS_WITH_EXAMPLES)
      shown.set(members, examplesOf(members, rows));
  }
  const overlayOf = (row: number) => {
    const overlay = rows[row]?.overlay ?? null;
    return overlay !== null && isInside(overlay) ? overlay : undefined;
  };
  const names = [...shown.values()].flat().flatMap((row) => overlayOf(row) ?? []);
  const pictures = await thumbnailsOf(folder, names.slice(0, MAX_THUMBNAILS), signal);

  const example = (row: number): PageExample[] => {
    const map = maps[row];
    if (map === undefined) return [];
    const overlay = overlayOf(row);
    const picture = overlay === undefined ? undefined : pictures.get(overlay);
    return [
      {
        image: rows[row]?.image ?? '',
        map: pageMap(map),
        ...(picture && { picture: base64(picture) }),
        ...(overlay !== undefined && { overlay: addressOf(base, overlay) }),
      },
    ];
  };
  return classes.map(({ index, rows: own, mean, clusters, clustersApart, empty, plane }): PageClass => {
    const clusterOf = new Map(clusters.flatMap(({ members }, place) => members.map((row) => [row, place] as const)));
    return {
      index,
      label: labelOf(index),
      rows: own.length,
      ...judge(own, rows),
      ...(mean && { mean: pageMap(mean) }),
      clusters: clusters.map(
        ({ members, mean: middle }, place): PageCluster => ({
          size: members.length,
          ...judge(members, rows),
          mean: pageMap(middle),
          words: clustersApart[place]?.words ?? '',
          examples: (shown.get(members) ?? []).flatMap(example),
        }),
      ),
      empty: empty.length,
      // One cluster has nothing to be told apart.
      plane:
        clusters.length < 2
          ? []
          : plane.flatMap(({ index: row, x, y }) => [Number(x.toFixed(3)), Number(y.toFixed(3)), clusterOf.get(row) ?? 0]),
    };
  });
}
