import { addNoise, addTo, deviation } from '../runs/pictures.js';
import type { RunMethod } from './method.js';

/**
 * SmoothGrad (Smilkov et al. 2017, arXiv 1706.03825): the gradient averaged over n noisy copies of the picture, Ḡ = 1/n Σ ∂y/∂x(x + ε), then as
 * saliency: max over channels of |Ḡ|.
 *
 * Settings: `samples` n, default 50; `noise` the standard deviation as a share of max x − min x, default 0.15 (the paper: 0.1 to 0.2); `seed`.
 */
export const smoothgrad: RunMethod = {
  kind: 'runs',
  name: 'smoothgrad',
  title: 'SmoothGrad',
  aliases: ['smooth-grad'],
  summary: 'saliency with gradients averaged over noise',
  source: 'arXiv 1706.03825',
  of: 'input',
  cost: '50 runs with gradient, back to the picture',
  counterfactual: false,
  run: async (context) => {
    const { samples = 50, noise = 0.15 } = context.settings;
    const sigma = deviation(context, noise);
    const { width, height } = context;
    const size = width * height;
    const mean = new Float64Array(context.input.data.length);
    await context.gradients(
      samples,
      (_, into) => addNoise(into, sigma, context.random),
      ({ gradient }) => addTo(mean, gradient, 1 / samples),
    );
    const map = new Float32Array(size);
    for (const [at, value] of mean.entries()) map[at % size] = Math.max(map[at % size] as number, Math.abs(value));
    return { width, height, data: map };
  },
};
