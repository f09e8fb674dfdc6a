import { GradcamError } from '../errors.js';
import type { Located, ScalarMetric } from './metric.js';

/** Energy-based pointing game (Score-CAM, arXiv 1910.01279): the share of the map's sum that lies on the thing. */
export const energyPointingGame: ScalarMetric = {
  name: 'energy-pointing-game',
  title: 'Energy pointing game',
  aliases: ['energy', 'ebpg'],
  summary: "share of the map's sum that lies on the thing",
  source: 'arXiv 1910.01279',
  better: 'higher',
  needs: 'region',
  cost: 'nothing',
  measure: ({ located }) => energyInside(located()),
};

/** The share of the heatmap's sum that lies inside of the region. @throws GradcamError `not-measurable` for a map that is all zero */
export function energyInside({ heatmap, region }: Pick<Located, 'heatmap' | 'region'>): number {
  let [all, on] = [0, 0];
  for (let at = 0; at < heatmap.data.length; at++) {
    const value = heatmap.data[at] as number;
    all += value;
    if (region.inside[at] === 1) on += value;
  }
  if (all === 0) throw new GradcamError('not-measurable', 'the map is all zero on the photograph');
  return on / all;
}
