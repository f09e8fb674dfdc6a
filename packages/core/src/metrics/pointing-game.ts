import type { ScalarMetric } from './metric.js';
import { requireContrast } from './order.js';

/** Pixels of the photograph by which the maximum may miss the thing. */
const TOLERANCE = 15;

/** Pointing game (Zhang et al. 2016, arXiv 1608.00507): 1 where the map's maximum lies on the thing, or within 15 pixels of it, else 0. */
export const pointingGame: ScalarMetric = {
  name: 'pointing-game',
  title: 'Pointing game',
  aliases: ['pointing'],
  summary: 'how often the maximum lies on the thing, or within 15 pixels of it',
  source: 'arXiv 1608.00507',
  better: 'higher',
  needs: 'region',
  cost: 'nothing',
  measure: ({ located, heatmap, settings }) => {
    requireContrast(heatmap);
    const { heatmap: placed, region } = located();
    const { data, width, height } = placed;
    const peak = data.reduce((best, value, at) => (value > (data[best] as number) ? at : best), 0);
    const [x, y] = [peak % width, Math.floor(peak / width)];
    const tolerance = settings.tolerance ?? TOLERANCE;
    for (let row = Math.max(0, Math.ceil(y - tolerance)); row <= Math.min(height - 1, y + tolerance); row++)
      for (let column = Math.max(0, Math.ceil(x - tolerance)); column <= Math.min(width - 1, x + tolerance); column++)
        if (region.inside[row * width + column] === 1 && Math.hypot(column - x, row - y) <= tolerance) return 1;
    return 0;
  },
};
