import { pick } from 'onnx-grad';
import type { Target } from './target.js';

/** The class logit z_c: what Grad-CAM is defined on. */
export const logit: Target = {
  name: 'logit',
  summary: 'the class score before softmax',
  score: ({ b, logits, classes }) => b.squeeze(pick(b, classes, logits), [1]),
};
