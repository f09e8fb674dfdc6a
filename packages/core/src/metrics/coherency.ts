import { pearson } from './correlation.js';
import { multiplyBy } from './frame.js';
import type { ScalarMetric } from './metric.js';

/** Coherency (Poppi et al. 2021, arXiv 2104.10252): how alike h and the heatmap of x ⊙ h are, (1 + Pearson's correlation) / 2. */
export const coherency: ScalarMetric = {
  name: 'coherency',
  title: 'Coherency',
  aliases: [],
  summary: 'how alike the map is to that of the picture times the map',
  source: 'arXiv 2104.10252',
  better: 'higher',
  needs: 'nothing',
  cost: 'one explanation',
  measure: async ({ picture, frame, heatmap, again }) => {
    const masked = picture.slice();
    multiplyBy(heatmap, frame, masked);
    return (1 + pearson(heatmap.data, (await again(masked)).data)) / 2;
  },
};
