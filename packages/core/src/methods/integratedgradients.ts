import type { Volume } from '../picture/volume.js';
import { sumOfChannels } from '../runs/context.js';
import { addTo } from '../runs/pictures.js';
import type { RunMethod } from './method.js';

/**
 * Integrated gradients (Sundararajan et al. 2017, arXiv 1703.01365): L = Σ over channels of (x − x₀) ⊙ ∫ ∂y/∂x(x₀ + t (x − x₀)) dt, by the trapezoid
 * rule in m steps. Complete: Σ L = y(x) − y(x₀), up to the error of the rule. The baseline x₀ is 0 in the numbers that the network takes: the mean
 * colour under ImageNet's preprocessing, black where pixels are only scaled.
 *
 * Settings: `steps` m, default 50.
 */
export const integratedgradients: RunMethod = {
  kind: 'runs',
  name: 'integratedgradients',
  title: 'Integrated gradients',
  aliases: ['integrated-gradients', 'ig'],
  summary: 'the gradient summed up on the way from an empty picture',
  source: 'arXiv 1703.01365',
  of: 'input',
  cost: '51 runs with gradient, back to the picture',
  run: async (context) => {
    const { steps = 50 } = context.settings;
    const integral = new Float64Array(context.input.data.length);
    let picture: Volume = { channels: 0, height: 0, width: 0, data: new Float32Array() };
    await context.gradients(
      steps + 1,
      (step, into) => {
        for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) * (step / steps);
      },
      ({ gradient, activations }, step) => {
        addTo(integral, gradient, (step === 0 || step === steps ? 0.5 : 1) / steps);
        if (step === steps) picture = activations;
      },
    );
    return sumOfChannels({ ...picture, data: picture.data.map((x, at) => x * (integral[at] as number)) });
  },
};
