import type { ScalarMetric } from './metric.js';

/** Complexity (Poppi et al. 2021, arXiv 2104.10252): the mean of h. The fewest pixels that do are best. */
export const complexity: ScalarMetric = {
  name: 'complexity',
  title: 'Complexity',
  aliases: [],
  summary: 'mean of the map',
  source: 'arXiv 2104.10252',
  better: 'lower',
  needs: 'nothing',
  cost: 'nothing',
  measure: ({ heatmap: { data } }) => data.reduce((sum, value) => sum + value, 0) / data.length,
};
