import { addNoise, deviation, maskPicture } from '../runs/pictures.js';
import type { RunMethod } from './method.js';
import { mapOfScoredMasks, type ScoreMasks } from './scores-of-masks.js';

/**
 * SS-CAM (Wang et al. 2020, arXiv 2006.14255, its second kind: noise on the input): Score-CAM with sₖ = mean over n noisy copies of
 * y((x + ε) ⊙ Uₖ), ε of a normal distribution.
 *
 * Settings: `samples` n, default 10; `noise` its standard deviation as a share of max x − min x, default 0.15; `seed`. The n noises are the same
 * for all channels, so that these are compared under equal conditions.
 */
export const sscam: RunMethod = {
  kind: 'runs',
  name: 'sscam',
  title: 'SS-CAM',
  aliases: ['ss-cam'],
  summary: 'Score-CAM with scores averaged over noise',
  source: 'arXiv 2006.14255',
  of: 'layer',
  cost: '10 runs for each channel',
  counterfactual: false,
  run: (context) => {
    const { samples = 10, noise = 0.15 } = context.settings;
    const sigma = deviation(context, noise);
    const noises = Array.from({ length: samples }, () => {
      const epsilon = new Float32Array(context.input.data.length);
      addNoise(epsilon, sigma, context.random);
      return epsilon;
    });
    const mask = new Float32Array(context.width * context.height);
    const score: ScoreMasks = (count, write) =>
      context.scores(count, (index, into) => {
        const epsilon = noises[index % samples] ?? into;
        for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) + (epsilon[at] as number);
        write(index, mask);
        maskPicture(into, mask, context.image);
      });
    return mapOfScoredMasks(context, samples, { score });
  },
};
