import type { Facts } from '../graph/facts.js';
import type { Dimension } from '../graph/types.js';
import type { Path } from './path.js';

/**
 * Whether axis 0 is the batch on the whole path, and its rows never meet: then cotangents of K rows may meet values of one
 * row, and K scores of one image share one forward pass.
 *
 * Two things are needed: every operator on the path keeps rows apart (a fact of the table), and every value on it has the
 * batch as its first dimension, that is the symbol or size that the model's input has there.
 */
export function keepsRows({ steps, values }: Path, facts: Facts, batch: Dimension): boolean {
  if (batch === '') return false;
  for (const value of values) if (facts.of(value).dims?.[0] !== batch) return false;
  return steps.every(({ node, rule, wanted }) => rule.rows(node, facts, facts.graph.opset, wanted));
}
