/** Points of one dimension, one after the other. */
export interface Points {
  readonly count: number;
  readonly dimensions: number;
  readonly data: Float64Array;
}

/** The neighbour whose distance says how far neighbours are from a point. */
const LOCAL = 2;

/** No point is without edges. */
const LEAST = 1e-6;

/** ‖xᵢ − yⱼ‖²; where that is more than `enough`, some number that is. */
export function squaredDistance(x: Points, i: number, y: Points, j: number, enough = Number.POSITIVE_INFINITY): number {
  const { dimensions } = x;
  const [one, other] = [i * dimensions, j * dimensions];
  let sum = 0;
  for (let at = 0; at < dimensions && sum <= enough; at++) {
    const difference = (x.data[one + at] as number) - (y.data[other + at] as number);
    sum += difference * difference;
  }
  return sum;
}

/** The `count` points of `among` that are nearest to point i, nearest first; of equals, those that come first. @param but one that does not count */
export function nearestPoints(points: Points, i: number, among: Points, count: number, but = -1): number[] {
  const nearest: number[] = [];
  const distances: number[] = [];
  for (let j = 0; j < among.count; j++) {
    if (j === but) continue;
    const farthest = nearest.length < count ? Number.POSITIVE_INFINITY : (distances[count - 1] as number);
    const distance = squaredDistance(points, i, among, j, farthest);
    if (distance >= farthest) continue;
    let at = Math.min(nearest.length, count - 1);
    for (; at > 0 && (distances[at - 1] as number) > distance; at--) {
      nearest[at] = nearest[at - 1] as number;
      distances[at] = distances[at - 1] as number;
    }
    nearest[at] = j;
    distances[at] = distance;
  }
  return nearest;
}

/** An undirected graph: of each point the points that it shares an edge with, and their weights. */
export type Graph = readonly ReadonlyMap<number, number>[];

/**
 * The graph of the k nearest neighbours: an edge where either of two points is among the other's nearest. Its weight is e^(−d² / σᵢσⱼ) with σ a point's
 * own distance to a near neighbour (Zelnik-Manor and Perona 2004, "Self-tuning spectral clustering"), or the median of the distances to the k-th where that
 * is larger: groups smaller than k keep to themselves, and points that are there several times do not.
 */
export function neighbourGraph(points: Points, k: number): Graph {
  const nearest = Array.from({ length: points.count }, (_, i) => nearestPoints(points, i, points, k, i));
  const distance = (i: number, j: number | undefined) => Math.sqrt(squaredDistance(points, i, points, j ?? i));
  const usual = medianOf(nearest.map((others, i) => distance(i, others.at(-1))));
  const scales = nearest.map((others, i) => Math.max(usual, distance(i, others[Math.min(others.length, LOCAL) - 1])));
  const edges = nearest.map(() => new Map<number, number>());
  for (const [i, others] of nearest.entries())
    for (const j of others) {
      const squared = distance(i, j) ** 2;
      const weight = squared === 0 ? 1 : Math.max(LEAST, Math.exp(-squared / ((scales[i] as number) * (scales[j] as number))));
      edges[i]?.set(j, weight);
      edges[j]?.set(i, weight);
    }
  return edges;
}

function medianOf(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? 0;
}
