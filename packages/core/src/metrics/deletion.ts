import { replaced } from './curve.js';
import type { CurveMetric } from './metric.js';

/** Deletion (Petsiuk et al. 2018, arXiv 1806.07421): the most relevant pixels give way to grey, first of all the best. A good map makes the class vanish soon. */
export const deletion: CurveMetric = {
  name: 'deletion',
  title: 'Deletion',
  aliases: ['deletion-auc'],
  summary: 'area under the probability as the most relevant pixels turn grey',
  source: 'arXiv 1806.07421',
  better: 'lower',
  needs: 'nothing',
  cost: 'a run for each step, 51',
  curve: (judged) => replaced(judged, judged.picture, judged.grey()),
};
