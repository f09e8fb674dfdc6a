import { GradcamError } from '../errors.js';
import type { Judged, ScalarMetric } from './metric.js';

/** Average Drop (WACV 2018, arXiv 1710.11063): the share of the class probability that is lost when only x ⊙ h is seen, max(0, y − yₘ) / y. */
export const averageDrop: ScalarMetric = {
  name: 'average-drop',
  title: 'Average Drop',
  aliases: ['drop'],
  summary: 'share of the probability that is lost on the picture times the map',
  source: 'arXiv 1710.11063',
  better: 'lower',
  needs: 'nothing',
  cost: 'one run',
  measure: async (judged) => Math.max(0, judged.score - (await judged.masked())) / positive(judged),
};

/** y, where a share of it means something. */
function positive({ score }: Judged): number {
  if (score > 0) return score;
  throw new GradcamError('not-measurable', 'the model gives the class a probability of 0: no share of it can be lost');
}
