import { harmonicMean } from './adcc.js';
import { coherency } from './coherency.js';
import { complexity } from './complexity.js';
import type { ScalarMetric } from './metric.js';
import { road } from './road.js';

/** ARCC: ADCC with ROAD, which leaves the picture natural, in the place of 1 − average drop. */
export const arcc: ScalarMetric = {
  name: 'arcc',
  title: 'ARCC',
  aliases: [],
  summary: 'harmonic mean of coherency, 1 − complexity and ROAD; 0 where ROAD is not over 0',
  source: 'arXiv 2104.10252 and 2202.00449',
  better: 'higher',
  needs: 'nothing',
  cost: 'one explanation and 18 runs',
  measure: async ({ of }) => harmonicMean([await of(coherency), 1 - (await of(complexity)), await of(road)]),
};
