import type { RunMethod } from './method.js';

/**
 * Recipro-CAM (Byun and Lee 2022, arXiv 2209.14074): what the network makes of one position alone, L(p) = the score of A ⊙ eₚ, with eₚ the mask
 * that keeps position p. Class tokens are kept. The network behind the layer runs once for each position, that before it once for all;
 * where y is an affine function of A no run is needed: L(p) = y − Σ G ⊙ A + Σₖ Gₖ(p) Aₖ(p). The heatmap is scaled from the least score to the
 * largest, since one position alone may well be too little for a score above 0.
 */
export const reciprocam: RunMethod = {
  kind: 'runs',
  name: 'reciprocam',
  title: 'Recipro-CAM',
  aliases: ['recipro-cam'],
  summary: 'the score of each position of the layer alone',
  source: 'arXiv 2209.14074',
  of: 'layer',
  cost: 'a run for each position, of the layers behind; one pass where these are affine',
  counterfactual: false,
  fromLeast: true,
  run: async (context) => {
    const { width, height } = await context.activations();
    const scores = await context.tailScores(width * height, 'positions', (position, mask) => {
      mask.fill(0);
      mask[position] = 1;
    });
    return { width, height, data: Float32Array.from(scores) };
  },
  affine: ({ b, score, gradients, activations }) => {
    const terms = b.sum(b.mul(gradients, activations), [1], false);
    const without = b.sub(b.unsqueeze(score, [1, 2]), b.sum(terms, [1, 2]));
    return b.add(without, terms);
  },
};
