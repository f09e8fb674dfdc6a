import { findAttention } from '../layers/attention.js';
import type { Choice, Chosen, GraphMethod } from './method.js';

/** All attention weights of a transformer as one map over the last of them. */
export async function chooseAttention({ model, survey }: Choice): Promise<Chosen> {
  const attention = findAttention(model, await survey());
  const { weights, layout } = attention;
  return { places: [{ name: weights.at(-1) ?? '', layout }], reads: weights, attention };
}

/**
 * Attention rollout (Abnar and Zuidema 2020, arXiv 2005.00928): how much of each patch reaches what the score reads, if every block keeps half of a
 * token (the residual) and takes the other half as its heads attend on average. The row r of ½(Āₗ + I)⋯½(Ā₁ + I) that belongs to the class token, or the
 * mean row of the picture's tokens where the score reads those. The rows of Ā sum to 1, so nothing is left to normalise.
 * It knows no class: the map is the same for all of them.
 */
export const rollout: GraphMethod = {
  kind: 'graph',
  name: 'rollout',
  title: 'Attention rollout',
  aliases: ['attention-rollout'],
  summary: 'attention of all blocks multiplied: what flows from each patch to the class token',
  source: 'arXiv 2005.00928',
  of: 'attention',
  cost: 'one pass',
  gradient: false,
  choose: chooseAttention,
  map: ({ b, attention: { blocks, read, onGrid } }) =>
    onGrid(blocks.reduceRight((row, { weights }) => b.scale(b.add(b.matmul(row, b.mean(weights, [1], false)), row), 0.5), read)),
};
