import { GradcamError } from '../errors.js';
import { weightedChannels } from '../runs/context.js';
import type { RunMethod } from './method.js';

/** Rounding of a score in float32, as a share of it: a score below this share of the others is 0. */
const ROUNDING = 1e-6;

/**
 * Ablation-CAM (Desai and Ramaswamy, WACV 2020): a channel counts as much as the score drops without it, wₖ = (y − yₖ) / y with yₖ the score
 * where channel k is 0, and L = Σₖ wₖ Aₖ. The network behind the layer runs once for each channel, that before it once for all.
 *
 * @throws GradcamError `not-measurable` for a score of 0, of which no share can be lost
 */
export const ablationcam: RunMethod = {
  kind: 'runs',
  name: 'ablationcam',
  title: 'Ablation-CAM',
  aliases: ['ablation-cam'],
  summary: 'channels weighted by the share of the score that is lost without them',
  source: 'WACV 2020, 10.1109/WACV45572.2020.9093360',
  of: 'layer',
  cost: 'a run for each channel, of the layers behind',
  counterfactual: false,
  run: async (context) => {
    const activations = await context.activations();
    // The first keeps all channels: y is worked out as all yₖ are.
    const [y = 0, ...without] = await context.tailScores(activations.channels + 1, 'channels', (index, mask) => {
      if (index > 0) mask[index - 1] = 0;
    });
    if (Math.abs(y) <= ROUNDING * without.reduce((most, score) => Math.max(most, Math.abs(score)), 0))
      throw new GradcamError(
        'not-measurable',
        `Ablation-CAM divides by the score of class ${context.class}, but that is ${y}; explain another class, or choose the target 'log-probability' or another method`,
      );
    const weights = without.map((score) => (y - score) / y);
    return weightedChannels(activations, weights);
  },
};
