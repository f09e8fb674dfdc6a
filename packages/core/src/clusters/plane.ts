import { type Graph, type Points, squaredDistance } from './neighbours.js';
import { smallestEigenpairs } from './spectrum.js';

/**
 * Points in a plane, near each other where they are alike: Laplacian eigenmaps (Belkin and Niyogi 2003) of the graph of all pairs with weights
 * e^(−d² / σ²), σ² the median of d². The graph is whole, so that groups that lie apart are seen side by side.
 *
 * @returns x and y of each point, −1 to 1
 */
export function planeOf(points: Points): Float32Array {
  const { count } = points;
  const places = new Float32Array(2 * count);
  if (count < 3) return places;
  const distances: number[] = [];
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) distances.push(squaredDistance(points, i, points, j));
  const median = Float64Array.from(distances).sort()[distances.length >> 1] as number;
  if (median === 0) return places;
  const graph = Array.from({ length: count }, () => new Map<number, number>());
  let pair = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const weight = Math.exp(-(distances[pair++] as number) / median);
      graph[i]?.set(j, weight);
      graph[j]?.set(i, weight);
    }
  const axes = smallestEigenpairs(graph, 3).slice(1);
  for (const [axis, { vector }] of axes.entries()) {
    // By the points' weights, the random walk's eigenvectors.
    const along = vector.map((value, i) => value / Math.sqrt(weightOf(graph, i)));
    const most = along.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    if (most !== 0) for (let i = 0; i < count; i++) places[2 * i + axis] = (along[i] as number) / most;
  }
  return places;
}

function weightOf(graph: Graph, i: number): number {
  let sum = 0;
  for (const weight of graph[i]?.values() ?? []) sum += weight;
  return sum;
}
