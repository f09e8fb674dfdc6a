import { weightedChannels } from '../runs/context.js';
import { addNoise, deviation } from '../runs/pictures.js';
import type { RunMethod } from './method.js';

/** As in Grad-CAM++. */
const EPSILON = 1e-6;

/**
 * Smooth Grad-CAM++ (Omeiza et al. 2019, arXiv 1908.01224): Grad-CAM++ with G, G² and G³ averaged over n noisy copies of the picture.
 * wₖ = Σ_p max(Ḡ, 0) · D₂ / (2 D₂ + (Σ_p A) · D₃ + ε), D₂ and D₃ the means of G² and G³, and L = Σₖ wₖ Aₖ with A of the picture without noise.
 *
 * Settings: `samples` n, default 25; `noise` the standard deviation as a share of max x − min x, default 0.15; `seed`.
 */
export const smoothgradcamplusplus: RunMethod = {
  kind: 'runs',
  name: 'smoothgradcamplusplus',
  title: 'Smooth Grad-CAM++',
  aliases: ['smoothgradcam++', 'smooth-grad-cam++', 'smoothgradcampp'],
  summary: 'Grad-CAM++ with gradients averaged over noise',
  source: 'arXiv 1908.01224',
  of: 'layer',
  cost: '25 runs with gradient',
  run: async (context) => {
    const { samples = 25, noise = 0.15 } = context.settings;
    const sigma = deviation(context, noise);
    const activations = await context.activations();
    const { channels, height, width, data } = activations;
    const [first, second, third] = [1, 2, 3].map(() => new Float64Array(data.length)) as [Float64Array, Float64Array, Float64Array];
    await context.gradients(
      samples,
      (_, into) => addNoise(into, sigma, context.random),
      ({ gradient }) => {
        for (let at = 0; at < first.length; at++) {
          const g = gradient.data[at] as number;
          first[at] = (first[at] as number) + g / samples;
          second[at] = (second[at] as number) + g ** 2 / samples;
          third[at] = (third[at] as number) + g ** 3 / samples;
        }
      },
    );
    const size = height * width;
    const weights = Float64Array.from({ length: channels }, (_, channel) => {
      const from = channel * size;
      const sum = data.subarray(from, from + size).reduce((total, value) => total + value, 0);
      let weight = 0;
      for (let at = from; at < from + size; at++) {
        const [g, g2, g3] = [first[at] as number, second[at] as number, third[at] as number];
        if (g > 0) weight += (g * g2) / (2 * g2 + sum * g3 + EPSILON);
      }
      return weight;
    });
    return weightedChannels(activations, weights);
  },
};
