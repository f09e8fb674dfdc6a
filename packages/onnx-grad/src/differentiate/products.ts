import type { GraphBuilder, Value } from '../build/builder.js';
import type { Cotangent } from '../build/cotangent.js';
import type { Facts } from '../graph/facts.js';
import type { Graph } from '../graph/graph.js';
import { gradient } from './gradient.js';

/** Asks a runtime for the types and shapes of the values of a graph. */
export type Learn = (graph: Graph) => Facts | Promise<Facts>;

/**
 * Forward mode: how values of the graph change along a direction, J · v, written as nodes.
 *
 * The vector-Jacobian product Jᵀ · u is linear in u, and its own transpose is J: so it is differentiated once more, with respect to u
 * (J. Townsend, "A new trick for calculating Jacobian vector products", 2017). The numbers of u do not matter and are zeros.
 *
 * @param b is extended on the way (see `GraphBuilder.extend`)
 * @param tangents values of the graph, and for each the direction along which it moves: a value of its shape, of the graph or of the builder
 * @param of values of the graph whose change is wanted
 * @param learn tells the facts of the graph with its gradient
 * @returns for each value of `of` the name of Σ d(value) / d(moved) · tangent, of the value's shape
 * @throws OnnxGradError as `gradient` does; `no-gradient` where a value of `of` does not depend on what moves
 */
export async function jacobianVectorProduct(
  b: GraphBuilder,
  tangents: ReadonlyMap<Value, Value>,
  of: readonly Value[],
  learn: Learn,
): Promise<Map<Value, Value>> {
  const cotangents = new Map(of.map((value) => [value, b.zerosLike(value)]));
  const gradients = gradient(b, cotangents, [...tangents.keys()]);
  await b.extend(learn);
  const products = gradient(b, along(b, gradients, tangents), [...cotangents.values()]);
  return new Map(of.map((value) => [value, products.get(cotangents.get(value) ?? '') ?? '']));
}

/**
 * Second order: H · v, the change of a score's gradient along a direction, written as nodes. The Hessian is symmetric, so it is the gradient of
 * ⟨gradient, v⟩.
 *
 * @param b is extended on the way (see `GraphBuilder.extend`)
 * @param seeds the score, as in `gradient`
 * @param vectors values of the graph, and for each the direction along which it moves: a value of its shape, of the graph or of the builder
 * @param learn tells the facts of the graph with its gradient
 * @returns `gradients` and `products`: for each value of `vectors` the gradient of the score, and how it changes along the directions
 * @throws OnnxGradError as `gradient` does; `no-gradient` where the gradient does not depend on a value, as in a network of linear pieces:
 * its second derivatives are zero
 */
export async function hessianVectorProduct(
  b: GraphBuilder,
  seeds: ReadonlyMap<Value, Cotangent>,
  vectors: ReadonlyMap<Value, Value>,
  learn: Learn,
): Promise<{ readonly gradients: Map<Value, Value>; readonly products: Map<Value, Value> }> {
  const gradients = gradient(b, seeds, [...vectors.keys()]);
  await b.extend(learn);
  return { gradients, products: gradient(b, along(b, gradients, vectors), [...vectors.keys()]) };
}

/** The directions as cotangents of the gradients; several values may share one gradient. */
function along(b: GraphBuilder, gradients: ReadonlyMap<Value, Value>, directions: ReadonlyMap<Value, Value>): Map<Value, Value> {
  const seeds = new Map<Value, Value>();
  for (const [value, direction] of directions) {
    const found = gradients.get(value) ?? '';
    const other = seeds.get(found);
    seeds.set(found, other === undefined ? direction : b.add(other, direction));
  }
  return seeds;
}
