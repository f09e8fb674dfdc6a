import { type Eigenpair, largestEigenpair } from '../methods/lanczos.js';
import type { Graph } from './neighbours.js';

/** How far an eigenvector may be off: what is made of it is a choice between groups. */
const ACCURACY = 1e-6;

/**
 * The smallest eigenvalues of the normalised Laplacian L = I − D^−½ W D^−½ of a graph, from 0 on, with their eigenvectors: as many zeros as the graph has
 * parts, and small numbers where parts are nearly apart (von Luxburg 2007, "A tutorial on spectral clustering", arXiv 0711.0189).
 *
 * @param count at most the number of points
 */
export function smallestEigenpairs(graph: Graph, count: number): Eigenpair[] {
  const size = graph.length;
  const roots = Float64Array.from(graph, (edges) => 1 / Math.sqrt([...edges.values()].reduce((sum, weight) => sum + weight, 0)));
  // D^−½ W D^−½ row after row, without its zeros: it is multiplied some hundred times.
  const ends = new Int32Array(size);
  const columns: number[] = [];
  const weights: number[] = [];
  for (const [i, edges] of graph.entries()) {
    for (const [j, weight] of edges) {
      columns.push(j);
      weights.push((roots[i] as number) * weight * (roots[j] as number));
    }
    ends[i] = columns.length;
  }
  const found: Eigenpair[] = [];
  // The largest of 2I − L, whose eigenvalues are 0 … 2; those that are found are taken out of it.
  const rest = (vector: Float64Array) => {
    const product = new Float64Array(size);
    for (let i = 0, at = 0; i < size; i++) {
      let sum = vector[i] as number;
      for (; at < (ends[i] as number); at++) sum += (weights[at] as number) * (vector[columns[at] as number] as number);
      product[i] = sum;
    }
    for (const { value, vector: known } of found) {
      let along = 0;
      for (let i = 0; i < size; i++) along += (known[i] as number) * (vector[i] as number);
      for (let i = 0; i < size; i++) product[i] = (product[i] as number) - value * along * (known[i] as number);
    }
    return product;
  };
  while (found.length < count) found.push(largestEigenpair(size, rest, ACCURACY, found.length));
  return found.map(({ value, vector }) => ({ value: Math.max(0, 2 - value), vector }));
}
