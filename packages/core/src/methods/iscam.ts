import type { RunMethod } from './method.js';
import { mapOfScoredMasks } from './scores-of-masks.js';

/**
 * IS-CAM (Naidu et al. 2020, arXiv 2010.03023): Score-CAM with scores integrated along the mask, sₖ = 1/m Σᵢ y(x ⊙ i/m Uₖ) for i = 1 … m.
 *
 * Settings: `steps` m, default 10.
 */
export const iscam: RunMethod = {
  kind: 'runs',
  name: 'iscam',
  title: 'IS-CAM',
  aliases: ['is-cam'],
  summary: 'Score-CAM with scores integrated along the mask',
  source: 'arXiv 2010.03023',
  of: 'layer',
  cost: '10 runs for each channel',
  counterfactual: false,
  run: (context) => {
    const { steps = 10 } = context.settings;
    return mapOfScoredMasks(context, steps, { strength: (step) => (step + 1) / steps });
  },
};
