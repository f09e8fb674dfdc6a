import { weightedChannels } from '../runs/context.js';
import type { RunMethod } from './method.js';

/** Rounding of a score in float32, as a share of it: a score below this share of the others is 0. */
const ROUNDING = 1e-6;

/**
 * Ablation-CAM (Desai and Ramaswamy, WACV 2020): a channel counts as much as the score drops without it, wₖ = (y − yₖ) / y with yₖ the score
 * where channel k is 0, and L = Σₖ wₖ Aₖ. The network behind the layer runs once for each channel, that before it once for all. Where y is an affine
 * function of A no run is needed: y − yₖ = Σₚ Gₖ(p) Aₖ(p).
 */
export const ablationcam: RunMethod = {
  kind: 'runs',
  name: 'ablationcam',
  title: 'Ablation-CAM',
  aliases: ['ablation-cam'],
  summary: 'channels weighted by the share of the score that is lost without them',
  source: 'WACV 2020, 10.1109/WACV45572.2020.9093360',
  of: 'layer',
  cost: 'a run for each channel, of the layers behind; one pass where these are affine',
  counterfactual: false,
  undefinedFor: (index) =>
    `Ablation-CAM divides by the score of class ${index}, but that is 0; explain another class, or choose the target 'log-probability' or another method`,
  run: async (context) => {
    const activations = await context.activations();
    const { channels, height, width, data } = activations;
    const size = height * width;
    // A channel of zeros takes nothing along: the score stays as it is.
    const present = [...Array(channels).keys()].filter((k) => data.subarray(k * size, (k + 1) * size).some((value) => value !== 0));
    // The first keeps all channels: y is worked out as all yₖ are.
    const [y = 0, ...without] = await context.tailScores(present.length + 1, 'channels', (index, mask) => {
      if (index > 0) mask[present[index - 1] ?? 0] = 0;
    });
    const scores = new Float64Array(channels).fill(y);
    for (const [index, channel] of present.entries()) scores[channel] = without[index] ?? y;
    const most = scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
    const measurable = Math.abs(y) > ROUNDING * most;
    return weightedChannels(
      activations,
      scores.map((score) => (measurable ? (y - score) / y : Number.NaN)),
    );
  },
  affine: ({ b, score, gradients, activations, weightedSum }) => {
    const y = b.unsqueeze(score, [1, 2, 3]);
    const drops = b.sum(b.mul(gradients, activations), [2, 3]);
    const most = b.max(b.abs(b.sub(y, drops)), [1]);
    const measurable = b.greater(b.abs(y), b.scale(most, ROUNDING));
    return weightedSum(b.div(drops, b.keep(measurable, y)));
  },
};
