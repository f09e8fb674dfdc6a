import type { ScalarMetric } from './metric.js';

/** Increase in confidence (WACV 2018, arXiv 1710.11063): 1 where the class is more probable on x ⊙ h than on x, else 0. */
export const increase: ScalarMetric = {
  name: 'increase',
  title: 'Increase',
  aliases: ['increase-in-confidence'],
  summary: 'how often the class is more probable on the picture times the map',
  source: 'arXiv 1710.11063',
  better: 'higher',
  needs: 'nothing',
  cost: 'one run',
  measure: async (judged) => ((await judged.masked()) > judged.score ? 1 : 0),
};
