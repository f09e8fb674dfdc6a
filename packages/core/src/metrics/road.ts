import { planesOf, stridesOf } from './frame.js';
import { impute } from './impute.js';
import type { Judged, ScalarMetric } from './metric.js';

/** Shares of the pixels that are removed. */
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** Standard deviation of the noise that keeps the network from seeing where pixels were imputed. */
const NOISE = 0.01;

/**
 * ROAD (Rong et al. 2022, arXiv 2202.00449): pixels are removed so that what fills their place tells nothing of where they were (noisy linear
 * imputation). (LeRF − MoRF) / 2, the mean over 10, 20 … 90 % of the pixels: LeRF is y with the least relevant removed, MoRF with the most relevant.
 */
export const road: ScalarMetric = {
  name: 'road',
  title: 'ROAD',
  aliases: ['road-combined'],
  summary: 'half of how much more it hurts to remove the most relevant pixels than the least',
  source: 'arXiv 2202.00449',
  better: 'higher',
  needs: 'nothing',
  cost: '18 runs',
  measure: async (judged) => {
    const order = judged.order();
    const leastFirst = await scoresWithout(judged, order.toReversed());
    const mostFirst = await scoresWithout(judged, order);
    return leastFirst.reduce((sum, least, index) => sum + (least - (mostFirst[index] as number)) / 2, 0) / SHARES.length;
  },
};

/** y, with growing shares of the pixels imputed, the first of the order first. */
function scoresWithout(judged: Judged, order: Uint32Array): Promise<Float64Array> {
  const { picture, frame, scores } = judged;
  const { height, width } = frame;
  const planes = planesOf(picture, frame);
  const random = judged.random();
  const { pixel, channel } = stridesOf(frame);
  return scores(SHARES.length, (index, into) => {
    const pixels = order.subarray(0, Math.round((SHARES[index] as number) * order.length));
    const removed = new Uint8Array(height * width);
    for (const at of pixels) removed[at] = 1;
    for (const [c, plane] of impute(planes, removed, width, height).entries())
      for (const at of pixels) into[c * channel + at * pixel] = (plane[at] as number) + NOISE * random.normal();
  });
}
