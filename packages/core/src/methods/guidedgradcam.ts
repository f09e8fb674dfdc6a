import { gradcam } from './gradcam.js';
import { guidedbackprop } from './guidedbackprop.js';
import type { GraphMethod } from './method.js';

/** Guided Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391): guided backpropagation ⊙ the heatmap of Grad-CAM: the details of what speaks for the class. */
export const guidedgradcam: GraphMethod = {
  ...guidedbackprop,
  name: 'guidedgradcam',
  title: 'Guided Grad-CAM',
  aliases: ['guided-grad-cam', 'guided-gradcam'],
  summary: 'guided backpropagation, where Grad-CAM shows the class',
  source: 'arXiv 1610.02391',
  times: gradcam,
};
