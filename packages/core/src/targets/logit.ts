import { pick } from 'onnx-grad';
import type { Choices, Target } from './target.js';

/** The class logit z_c: what Grad-CAM is defined on. */
export const logit: Target = {
  name: 'logit',
  summary: 'the class score before softmax',
  explains: ['classes'],
  affine: true,
  score: ({ b, logits, classes }) => b.squeeze(pick(b, classes, logits), [1]),
};

/** The classes of a classifier, by their scores. */
export const classScores: Choices = { count: ({ classes }) => classes, ranking: ({ logits }) => logits };
