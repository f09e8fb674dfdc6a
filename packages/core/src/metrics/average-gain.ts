import { GradcamError } from '../errors.js';
import type { ScalarMetric } from './metric.js';

/** Average Gain (Opti-CAM, arXiv 2301.07002): the share of the missing probability that x ⊙ h wins, max(0, yₘ − y) / (1 − y). */
export const averageGain: ScalarMetric = {
  name: 'average-gain',
  title: 'Average Gain',
  aliases: ['gain'],
  summary: 'share of the missing probability that is won on the picture times the map',
  source: 'arXiv 2301.07002',
  better: 'higher',
  needs: 'nothing',
  cost: 'one run',
  measure: async (judged) => {
    if (judged.score >= 1)
      throw new GradcamError('not-measurable', 'the model gives the class a probability of 1: there is nothing to gain');
    return Math.max(0, (await judged.masked()) - judged.score) / (1 - judged.score);
  },
};
