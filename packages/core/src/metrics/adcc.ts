import { averageDrop } from './average-drop.js';
import { coherency } from './coherency.js';
import { complexity } from './complexity.js';
import type { ScalarMetric } from './metric.js';

/** ADCC (Poppi et al. 2021, arXiv 2104.10252): the harmonic mean of coherency, 1 − complexity and 1 − average drop. */
export const adcc: ScalarMetric = {
  name: 'adcc',
  title: 'ADCC',
  aliases: [],
  summary: 'harmonic mean of coherency, 1 − complexity and 1 − average drop',
  source: 'arXiv 2104.10252',
  better: 'higher',
  needs: 'nothing',
  cost: 'one explanation and one run',
  measure: async ({ of }) => harmonicMean([await of(coherency), 1 - (await of(complexity)), 1 - (await of(averageDrop))]),
};

/** n / Σ 1/v: 0 as soon as one of them is; what is below counts as 0. */
export function harmonicMean(values: readonly number[]): number {
  if (values.some((value) => !(value > 0))) return 0;
  return values.length / values.reduce((sum, value) => sum + 1 / value, 0);
}
