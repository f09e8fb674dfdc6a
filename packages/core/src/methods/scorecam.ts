import type { RunMethod } from './method.js';
import { mapOfScoredMasks } from './scores-of-masks.js';

/**
 * Score-CAM (Wang et al. 2020, arXiv 1910.01279): a channel counts as much as the score of the picture of which only what the channel sees is
 * left. Uₖ = Aₖ resized to the input and scaled to [0, 1]; sₖ = y(x ⊙ Uₖ); w = softmaxₖ(s); L = Σₖ wₖ Aₖ.
 */
export const scorecam: RunMethod = {
  kind: 'runs',
  name: 'scorecam',
  title: 'Score-CAM',
  aliases: ['score-cam'],
  summary: 'channels weighted by the score of what they see of the picture',
  source: 'arXiv 1910.01279',
  of: 'layer',
  cost: 'a run for each channel',
  counterfactual: false,
  run: (context) => mapOfScoredMasks(context, 1),
};
