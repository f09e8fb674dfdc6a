import { GradcamError } from '../errors.js';
import type { Heatmap } from '../picture/image.js';
import { randomFrom } from '../runs/random.js';
import { averageMap } from './average.js';
import { groupsByGap } from './gap.js';
import { kMeans } from './k-means.js';
import { nearestPoints, neighbourGraph, type Points } from './neighbours.js';
import { planeOf } from './plane.js';
import { smallestEigenpairs } from './spectrum.js';

export interface ClusterOptions {
  /** The most clusters there may be, at least 1; default 8. */
  readonly most?: number;
  /** Heatmaps whose neighbours are looked for, at least 10; the others join the clusters of those nearest to them. Default 1000. */
  readonly sample?: number;
  /** Positions across and down to which larger heatmaps are averaged; default 16. */
  readonly grid?: number;
}

/** Heatmaps that are much the same. */
export interface HeatmapCluster {
  /** Indices of its heatmaps, the most typical first: those most like the mean. */
  readonly members: readonly number[];
  /** Mean of its heatmaps, each divided by its maximum before: 0 to 1. */
  readonly mean: Heatmap;
}

/** What was found among heatmaps. */
export interface HeatmapClusters {
  /** Largest first. None where no heatmap has evidence. */
  readonly clusters: readonly HeatmapCluster[];
  /** Indices of heatmaps that are nowhere positive; they are in no cluster. */
  readonly empty: readonly number[];
  /** The smallest eigenvalues of the neighbours' graph, from 0 on: as many are near 0 as there are clusters. */
  readonly eigenvalues: readonly number[];
  /** Some heatmaps as points of a plane, near each other where they are alike, −1 to 1. */
  readonly plane: readonly { readonly index: number; readonly x: number; readonly y: number }[];
}

/** Neighbours of a heatmap: few where there are few heatmaps, so that a handful can be a cluster. */
const neighboursAmong = (count: number): number => Math.min(count - 1, Math.max(5, Math.min(10, Math.round(count / 10))));

/** Fewer say nothing of groups. */
const FEW = 10;

/** Where all eigenvalues are below this, neighbours see little but their own like. */
const APART = 0.03;

/** Points of the plane: all pairs of them are compared. */
const PLANE = 300;

/**
 * Finds groups of images that are explained alike, which is how shortcuts show, such as a watermark or a border: spectral relevance analysis (Lapuschkin
 * et al. 2019, "Unmasking Clever Hans predictors", doi 10.1038/s41467-019-08987-4). Heatmaps, averaged to a small grid, are the nodes of a graph of nearest
 * neighbours; the eigengap of its normalised Laplacian says how many groups there are, and k-means on the eigenvectors which.
 *
 * The same heatmaps have the same clusters always. Many heatmaps are sampled, evenly and by a fixed seed.
 *
 * @param heatmaps of one class, from whatever layer; what is negative in a map counts as 0. All are brought to the grid of the first
 * @throws GradcamError `invalid-tensor`, `invalid-setting`
 */
export function clusterHeatmaps(heatmaps: readonly Heatmap[], options: ClusterOptions = {}): HeatmapClusters {
  const { most = 8, sample = 1000, grid = 16 } = options;
  for (const [name, value, least] of [
    ['most', most, 1],
    ['sample', sample, FEW],
    ['grid', grid, 1],
  ] as const)
    if (!Number.isSafeInteger(value) || value < least)
      throw new GradcamError('invalid-setting', `expected ${name} to be a whole number of at least ${least}, got ${value}`);
  const [first] = heatmaps;
  if (first === undefined) return { clusters: [], empty: [], eigenvalues: [], plane: [] };
  const size = gridOf(first, grid);
  const unit = heatmaps.map((heatmap) => unitMap(averageMap(heatmap, size.width, size.height)));
  const full = [...unit.keys()].filter((index) => unit[index] !== undefined);
  const empty = [...unit.keys()].filter((index) => unit[index] === undefined);

  const order = shuffled(full);
  const chosen = order.slice(0, sample);
  const points = pointsOf(chosen, unit);
  const neighbours = neighboursAmong(chosen.length);
  const { groups, eigenvalues } = groupsOf(points, neighbours, most);
  const count = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const members: number[][] = Array.from({ length: count }, () => []);
  for (const [at, index] of chosen.entries()) members[groups[at] as number]?.push(index);
  const groupOf = (index: number) =>
    count < 2 ? 0 : mostAmong(nearestPoints(pointsOf([index], unit), 0, points, neighbours).map((near) => groups[near] as number));
  for (const index of order.slice(sample)) members[groupOf(index)]?.push(index);

  const clusters = members.filter(({ length }) => length > 0).map((indices) => clusterOf(indices, unit, size));
  const seen = chosen.slice(0, PLANE);
  const places = planeOf(pointsOf(seen, unit));
  return {
    clusters: clusters.sort((one, other) => other.members.length - one.members.length || (one.members[0] ?? 0) - (other.members[0] ?? 0)),
    empty,
    eigenvalues,
    plane: seen.map((index, at) => ({ index, x: places[2 * at] as number, y: places[2 * at + 1] as number })),
  };
}

/** The grid that heatmaps like this one are averaged to: its own, unless that is finer. */
function gridOf({ width, height }: Heatmap, grid: number): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, grid / Math.max(width, height));
  return { width: Math.max(1, Math.round(scale * width)), height: Math.max(1, Math.round(scale * height)) };
}

/** A map divided by its maximum; undefined where that is not above 0. */
function unitMap({ data }: Heatmap): Float32Array | undefined {
  const most = data.reduce((most, value) => Math.max(most, value), 0);
  return most > 0 && most < Number.POSITIVE_INFINITY ? data.map((value) => value / most) : undefined;
}

/** The groups of points, and the eigenvalues that say how many there are. */
function groupsOf(
  points: Points,
  neighbours: number,
  most: number,
): { readonly groups: Int32Array; readonly eigenvalues: readonly number[] } {
  if (points.count < FEW) return { groups: new Int32Array(points.count), eigenvalues: [] };
  const pairsAmong = (k: number) => {
    const pairs = smallestEigenpairs(neighbourGraph(points, k), Math.min(most + 1, points.count));
    return pairs.sort((one, other) => one.value - other.value);
  };
  let pairs = pairsAmong(neighbours);
  // More parts than clusters may be: of heatmaps that are there again and again, the nearest are all the same one.
  for (let k = 2 * neighbours; k <= points.count / 3 && (pairs.at(-1)?.value ?? 1) < APART; k *= 2) pairs = pairsAmong(k);
  const eigenvalues = pairs.map(({ value }) => value);
  const count = groupsByGap(eigenvalues);
  // A row for each point, of length 1 (Ng, Jordan and Weiss 2001, "On spectral clustering").
  const rows = new Float64Array(points.count * count);
  for (let i = 0; i < points.count; i++) {
    const row = pairs.slice(0, count).map(({ vector }) => vector[i] as number);
    const length = Math.hypot(...row) || 1;
    for (const [at, value] of row.entries()) rows[i * count + at] = value / length;
  }
  return { groups: kMeans({ count: points.count, dimensions: count, data: rows }, count), eigenvalues };
}

/** Heatmaps as points: of length 1, so that their shape counts and not how much of them there is. */
function pointsOf(indices: readonly number[], unit: readonly (Float32Array | undefined)[]): Points {
  const dimensions = unit[indices[0] ?? 0]?.length ?? 0;
  const data = new Float64Array(indices.length * dimensions);
  for (const [at, index] of indices.entries()) {
    const map = unit[index] ?? new Float32Array(dimensions);
    const length = Math.sqrt(map.reduce((sum, value) => sum + value * value, 0));
    for (let position = 0; position < dimensions; position++) data[at * dimensions + position] = (map[position] as number) / length;
  }
  return { count: indices.length, dimensions, data };
}

function clusterOf(
  indices: readonly number[],
  unit: readonly (Float32Array | undefined)[],
  size: Pick<Heatmap, 'width' | 'height'>,
): HeatmapCluster {
  const mean = new Float64Array(size.width * size.height);
  for (const index of indices)
    for (const [at, value] of (unit[index] ?? []).entries()) mean[at] = (mean[at] as number) + value / indices.length;
  const cosine = (index: number) => {
    let [along, length] = [0, 0];
    for (const [at, value] of (unit[index] ?? []).entries()) {
      along += value * (mean[at] as number);
      length += value * value;
    }
    return along / Math.sqrt(length);
  };
  const alike = indices.map((index) => ({ index, cosine: cosine(index) }));
  alike.sort((one, other) => other.cosine - one.cosine || one.index - other.index);
  return { members: alike.map(({ index }) => index), mean: { ...size, data: Float32Array.from(mean) } };
}

/** In a random order that is the same always. */
function shuffled(indices: readonly number[]): number[] {
  const order = [...indices];
  const { uniform } = randomFrom(0);
  for (let last = order.length - 1; last > 0; last--) {
    const from = Math.floor(uniform() * (last + 1));
    [order[last], order[from]] = [order[from] as number, order[last] as number];
  }
  return order;
}

/** The number that is there most often; of equals the one that comes first. */
function mostAmong(numbers: readonly number[]): number {
  const times = new Map<number, number>();
  for (const number of numbers) times.set(number, (times.get(number) ?? 0) + 1);
  return [...times].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}
