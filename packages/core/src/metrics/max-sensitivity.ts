import { GradcamError } from '../errors.js';
import type { ScalarMetric } from './metric.js';

const SAMPLES = 100;
/** How far a number of the picture may be moved, as a share of their range. */
const RADIUS = 0.02;
/** An explanation costs more than a run: so many fewer noisy copies than `samples` asks of runs. */
const FEWER = 10;

/**
 * Max-sensitivity (Yeh et al. 2019, arXiv 1901.09392): max ‖h(x + δ) − h(x)‖ / ‖h(x)‖ over noise δ that moves each number of the picture by at most
 * 2 % of their range.
 */
export const maxSensitivity: ScalarMetric = {
  name: 'max-sensitivity',
  title: 'Max-sensitivity',
  aliases: ['sensitivity'],
  summary: 'how much the map changes at most under noise that changes the picture little',
  source: 'arXiv 1901.09392',
  better: 'lower',
  needs: 'nothing',
  cost: 'an explanation for each tenth sample, 10',
  measure: async ({ picture, heatmap, settings, random, again }) => {
    const range = picture.reduce((most, value) => Math.max(most, value)) - picture.reduce((least, value) => Math.min(least, value));
    if (range === 0)
      throw new GradcamError('not-measurable', 'the picture is of one colour: there is no range by which noise could be measured');
    const { uniform } = random();
    let most = 0;
    for (let sample = 0; sample < Math.max(1, Math.round((settings.samples ?? SAMPLES) / FEWER)); sample++) {
      const noisy = picture.map((value) => value + RADIUS * range * (2 * uniform() - 1));
      const { data } = await again(noisy);
      most = Math.max(most, norm(data.map((value, at) => value - (heatmap.data[at] as number))));
    }
    return most / norm(heatmap.data);
  },
};

/** ‖v‖ */
function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
