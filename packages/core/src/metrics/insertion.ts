import { blur } from './blur.js';
import { replaced } from './curve.js';
import type { CurveMetric } from './metric.js';

/** Insertion (Petsiuk et al. 2018, arXiv 1806.07421): a blurred picture gets its pixels back, the most relevant first. A good map makes the class appear soon. */
export const insertion: CurveMetric = {
  name: 'insertion',
  title: 'Insertion',
  aliases: ['insertion-auc'],
  summary: 'area under the probability as a blurred picture gets its most relevant pixels back',
  source: 'arXiv 1806.07421',
  better: 'higher',
  needs: 'nothing',
  cost: 'a run for each step, 51',
  curve: (judged) => replaced(judged, blur(judged.picture, judged.frame), judged.picture),
};
