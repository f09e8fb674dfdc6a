import type { GraphMethod } from './method.js';
import { chooseAttention } from './rollout.js';

/**
 * LeGrad (Bousselham et al. 2024, arXiv 2404.03214): how much the score would rise with the attention that a patch gets,
 * E = Σ over blocks of the mean over heads and attending tokens of max(∂y/∂A, 0), the class token's column left out; L = E − min E, which the
 * heatmap's division by its maximum makes the paper's min-max normalisation.
 * y is the model's own score for every block; the paper gives each block a score of its own, of the classifier on that block's mean token.
 */
export const legrad: GraphMethod = {
  kind: 'graph',
  name: 'legrad',
  title: 'LeGrad',
  aliases: [],
  summary: 'positive gradients of the score by the attention of all blocks',
  source: 'arXiv 2404.03214',
  of: 'attention',
  cost: 'one pass, back through all blocks',
  gradient: true,
  choose: chooseAttention,
  map: ({ b, attention: { blocks, onGrid } }) => {
    const rows = blocks.map(({ gradients }) => b.mean(b.mean(b.relu(gradients), [1], false), [1]));
    const sum = onGrid(rows.reduce((one, other) => b.add(one, other)));
    return b.sub(sum, b.neg(b.max(b.neg(sum), [1, 2])));
  },
};
