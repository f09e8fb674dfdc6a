import { GradcamError } from '../errors.js';
import { stageEnds } from '../layers/stages.js';
import { gradcamplusplus } from './gradcamplusplus.js';
import type { GraphMethod } from './method.js';

/**
 * Refine-CAM (arXiv 2605.14641): the product of the heatmaps that Grad-CAM++ gives for several layers, each divided by its maximum, and divided again:
 * deep layers say where the class is, shallow ones where its edges are. Where no layers are named it takes the end of each stage (`stageEnds`): the last one of each resolution.
 */
export const refinecam: GraphMethod = {
  kind: 'graph',
  name: 'refinecam',
  title: 'Refine-CAM',
  aliases: ['refine-cam'],
  summary: 'Grad-CAM++ of several layers multiplied: where all resolutions agree',
  source: 'arXiv 2605.14641',
  of: 'layer',
  cost: 'one pass, back to the earliest layer',
  fusion: 'product',
  gradient: true,
  choose: async ({ model, named, survey }) => {
    const places = named.length > 0 ? named : stageEnds(model, await survey());
    if (places.length >= 2) return { places };
    const only = places.map(({ name }) => `'${name}'`).join();
    throw new GradcamError(
      'no-layer',
      `Refine-CAM multiplies the maps of at least 2 layers, but ${named.length > 0 ? `got ${only} alone` : 'the stages of the model have one resolution'}; name several (gradcam layers lists them)`,
    );
  },
  map: gradcamplusplus.map,
  ...(gradcamplusplus.terms && { terms: gradcamplusplus.terms }),
};
