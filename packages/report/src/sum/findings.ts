import type { Row } from '@gradcam/jobs';
import { type ClassSummary, meanMap } from './classes.js';
import { isRight, meanOf } from './images.js';
import { type Apart, apartFrom, type Group } from './words.js';

/** A class, and what sets its clusters apart. */
export interface DescribedClass extends ClassSummary {
  /** Against the other classes; undefined where there is no heatmap. */
  readonly apart?: Apart;
  /** Of each cluster, against the rest of its class, or where it is alone against the other classes. */
  readonly clustersApart: readonly Apart[];
}

/** Puts in words what sets classes and clusters apart. */
export function describeClasses(classes: readonly ClassSummary[], rows: readonly Row[]): DescribedClass[] {
  const outsideOf = (members: readonly number[]) =>
    meanOf(members.map((row) => rows[row]?.energyInside ?? null).map((inside) => (inside === null ? null : 1 - inside)));
  const groups = classes.map(
    ({ clusters, mean }): Group | undefined => mean && { mean, outside: outsideOf(clusters.flatMap(({ members }) => members)) },
  );
  const all = mixed(groups.map((group, at) => ({ group, weight: group === undefined ? 0 : (classes[at]?.rows.length ?? 0) })));
  return classes.map((one, at) => {
    const group = groups[at];
    if (group === undefined) return { ...one, clustersApart: [] };
    const apart = apartFrom(group, all(at), 'other classes');
    const clustersApart = one.clusters.map(({ mean, members }) => {
      const others = one.clusters.filter((cluster) => cluster.members !== members);
      const restMean = meanMap(others);
      const rest = restMean && { mean: restMean, outside: outsideOf(others.flatMap((cluster) => cluster.members)) };
      return rest === undefined ? apart : apartFrom({ mean, outside: outsideOf(members) }, rest, 'the rest of this class');
    });
    return { ...one, apart, clustersApart };
  });
}

/** A cluster, or a class as a whole, that is worth a look. */
export interface Found extends Apart {
  /** Place among the classes. */
  readonly class: number;
  /** Place among the clusters of the class; null: all of it. */
  readonly cluster: number | null;
}

/** Findings that are shown. */
const MOST = 12;

/** Heatmaps of which a finding is made at least: of fewer, each is somewhere. */
const FEW = 5;

/** What is worth a look: heatmaps at the border, in a corner, or outside of the object, where others are not. */
export function findingsOf(classes: readonly DescribedClass[]): Found[] {
  const found = classes.flatMap(({ apart, clusters, clustersApart }, at): Found[] => {
    const enough = (place: number) => (clusters[place]?.members.length ?? 0) >= FEW;
    if (clusters.length < 2) return apart !== undefined && enough(0) ? [{ ...apart, class: at, cluster: null }] : [];
    return clustersApart.flatMap((cluster, place) => (enough(place) ? [{ ...cluster, class: at, cluster: place }] : []));
  });
  return found
    .filter(({ strength }) => strength > 0)
    .sort((one, other) => other.strength - one.strength || one.class - other.class)
    .slice(0, MOST);
}

/** Of rows, how many have a known truth, and of these how many are predicted rightly. */
export function judge(members: readonly number[], rows: readonly Row[]): { readonly judged: number; readonly right: number } {
  let [judged, right] = [0, 0];
  for (const member of members) {
    const row = rows[member];
    const answer = row && isRight(row);
    if (answer === undefined) continue;
    judged++;
    if (answer) right++;
  }
  return { judged, right };
}

/** Gives all groups but one as one, by their weights; those on another grid than the one do not count. */
function mixed(parts: readonly { readonly group: Group | undefined; readonly weight: number }[]): (but: number) => Group | undefined {
  const bySize = new Map<string, { data: Float64Array; weight: number; outside: number; known: number }>();
  const sizeOf = ({ mean }: Group) => `${mean.width}x${mean.height}`;
  const add = (group: Group, weight: number) => {
    const sum = bySize.get(sizeOf(group)) ?? { data: new Float64Array(group.mean.data.length), weight: 0, outside: 0, known: 0 };
    for (const [at, value] of group.mean.data.entries()) sum.data[at] = (sum.data[at] as number) + weight * value;
    sum.weight += weight;
    if (group.outside !== null) [sum.outside, sum.known] = [sum.outside + weight * group.outside, sum.known + weight];
    bySize.set(sizeOf(group), sum);
  };
  for (const { group, weight } of parts) if (group !== undefined) add(group, weight);
  return (but) => {
    const { group, weight = 0 } = parts[but] ?? {};
    const sum = group && bySize.get(sizeOf(group));
    if (group === undefined || sum === undefined || sum.weight <= weight) return undefined;
    const left = sum.weight - weight;
    const data = Float32Array.from(sum.data, (value, at) => (value - weight * (group.mean.data[at] as number)) / left);
    const known = sum.known - (group.outside === null ? 0 : weight);
    const outside = known > 0 ? (sum.outside - weight * (group.outside ?? 0)) / known : null;
    return { mean: { ...group.mean, data }, outside };
  };
}
