import type { ScalarMetric } from './metric.js';

/** Share of the maximum from which on a pixel belongs to what a map shows. */
const THRESHOLD = 0.5;

/** Mask IoU: what the map shows (from half of its maximum on) and the thing, intersection over union. */
export const maskIou: ScalarMetric = {
  name: 'mask-iou',
  title: 'Mask IoU',
  aliases: ['iou'],
  summary: 'intersection over union of the thing and the pixels over a share of the maximum',
  source: 'weakly supervised segmentation',
  better: 'higher',
  needs: 'region',
  cost: 'nothing',
  measure: ({ located, settings }) => {
    const { heatmap, region } = located();
    const threshold = settings.threshold ?? THRESHOLD;
    let [either, both] = [0, 0];
    for (const [at, value] of heatmap.data.entries()) {
      const [shown, inside] = [value > 0 && value >= threshold, region.inside[at] === 1];
      if (shown || inside) either++;
      if (shown && inside) both++;
    }
    return both / either;
  },
};
