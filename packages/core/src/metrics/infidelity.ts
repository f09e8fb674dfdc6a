import { replacePixels } from './frame.js';
import type { Judged, ScalarMetric } from './metric.js';

const SAMPLES = 100;
/** Sides of the random squares, as shares of the picture's shorter side. */
const SQUARES = [0.1, 0.5] as const;

/**
 * Infidelity (Yeh et al. 2019, arXiv 1901.09392): E[(β·Iᵀh − (y(x) − y(x − I)))²], where I takes away a random square. A heatmap has no unit, so β is
 * the factor that makes it least.
 */
export const infidelity: ScalarMetric = {
  name: 'infidelity',
  title: 'Infidelity',
  aliases: [],
  summary: 'mean squared error of the map as a forecast of what a random square is worth',
  source: 'arXiv 1901.09392',
  better: 'lower',
  needs: 'nothing',
  cost: 'a run for each sample, 100',
  measure: async (judged) => {
    const squares = randomSquares(judged);
    const grey = judged.grey();
    const scores = await judged.scores(squares.length, (index, into) =>
      replacePixels(squares[index] as Uint32Array, grey, judged.frame, into),
    );
    const forecast = squares.map((pixels) => pixels.reduce((sum, at) => sum + (judged.heatmap.data[at] as number), 0));
    const lost = Array.from(scores, (score) => judged.score - score);
    const energy = forecast.reduce((sum, value) => sum + value * value, 0);
    const factor = energy === 0 ? 0 : forecast.reduce((sum, value, index) => sum + value * (lost[index] as number), 0) / energy;
    return forecast.reduce((sum, value, index) => sum + (factor * value - (lost[index] as number)) ** 2, 0) / squares.length;
  },
};

/** The pixels of squares at random places, of random sides. */
function randomSquares({ frame: { height, width }, settings, random }: Judged): Uint32Array[] {
  const { uniform } = random();
  const shorter = Math.min(height, width);
  const [least, most] = SQUARES;
  return Array.from({ length: settings.samples ?? SAMPLES }, () => {
    const side = Math.max(1, Math.round((least + (most - least) * uniform()) * shorter));
    const left = Math.floor(uniform() * (width - side + 1));
    const top = Math.floor(uniform() * (height - side + 1));
    return Uint32Array.from({ length: side * side }, (_, at) => (top + Math.floor(at / side)) * width + left + (at % side));
  });
}
