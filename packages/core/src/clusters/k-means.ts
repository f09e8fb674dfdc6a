import { type Points, squaredDistance } from './neighbours.js';

/** A bound; eigenvectors that tell groups apart settle in a few. */
const MAX_ROUNDS = 100;

/**
 * Lloyd's k-means. It begins with points that lie as far from each other as they can, the first of them that farthest from the middle, and so
 * needs no random numbers.
 *
 * @returns of each point its group, 0 … k − 1
 */
export function kMeans(points: Points, k: number): Int32Array {
  const { count, dimensions, data } = points;
  const centres = { count: k, dimensions, data: startOf(points, k) };
  const groups = new Int32Array(count).fill(-1);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let moved = false;
    for (let i = 0; i < count; i++) {
      let best = 0;
      for (let group = 1; group < k; group++)
        if (squaredDistance(points, i, centres, group) < squaredDistance(points, i, centres, best)) best = group;
      if (groups[i] !== best) moved = true;
      groups[i] = best;
    }
    if (!moved) break;
    const sizes = new Float64Array(k);
    const sums = new Float64Array(k * dimensions);
    for (let i = 0; i < count; i++) {
      const group = groups[i] as number;
      sizes[group] = (sizes[group] as number) + 1;
      for (let at = 0; at < dimensions; at++)
        sums[group * dimensions + at] = (sums[group * dimensions + at] as number) + (data[i * dimensions + at] as number);
    }
    for (let group = 0; group < k; group++) {
      const size = sizes[group] as number;
      // A group that lost all of its points stays where it was.
      if (size > 0)
        for (let at = 0; at < dimensions; at++) centres.data[group * dimensions + at] = (sums[group * dimensions + at] as number) / size;
    }
  }
  return groups;
}

function startOf(points: Points, k: number): Float64Array {
  const { count, dimensions, data } = points;
  const centres = new Float64Array(k * dimensions);
  const distances = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let chosen = { count: 1, dimensions, data: meanOf(points) };
  for (let group = 0; group < k; group++) {
    let farthest = 0;
    for (let i = 0; i < count; i++) {
      distances[i] =
        group < 2 ? squaredDistance(points, i, chosen, 0) : Math.min(distances[i] as number, squaredDistance(points, i, chosen, 0));
      if ((distances[i] as number) > (distances[farthest] as number)) farthest = i;
    }
    const place = data.slice(farthest * dimensions, (farthest + 1) * dimensions);
    centres.set(place, group * dimensions);
    chosen = { count: 1, dimensions, data: place };
  }
  return centres;
}

function meanOf({ count, dimensions, data }: Points): Float64Array {
  const mean = new Float64Array(dimensions);
  for (let at = 0; at < data.length; at++) mean[at % dimensions] = (mean[at % dimensions] as number) + (data[at] as number) / count;
  return mean;
}
