import type { Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { PixelScores } from '../model/score.js';
import type { Heatmap } from '../picture/image.js';
import { resizeMap } from '../picture/resize-map.js';
import { indicator } from './rows.js';
import type { Choices, Said, Target, TargetContext } from './target.js';

/**
 * The score of a class summed over pixels of a segmentation, Σₚ mₚ z_c(p) (Seg-Grad-CAM, arXiv 2002.11434).
 *
 * @param mask how much each pixel counts, over the network's input, of any size; default: the pixels that the model gives to the class
 */
export function maskSum(mask?: Heatmap): Target {
  if (mask !== undefined) checkMask(mask);
  return {
    name: 'mask',
    summary: 'the class score summed over the pixels of a mask, or over those that the model gives to the class',
    explains: ['pixels'],
    // Its own pixels the model chooses by the logits.
    ...(mask !== undefined && { affine: true }),
    score: (context) => {
      const { b, logits, classes, scores } = context;
      const pixels = mask === undefined ? ownPixels(context) : given(context, mask);
      const sums = b.sum(b.mul(logits, pixels), [2], false);
      return b.sum(b.mul(sums, indicator(b, classes, scores.classes, sums)), [1], false);
    },
  };
}

/** The share of pixels that the model gives to each class. */
export const pixelShares: Choices = {
  count: ({ classes }) => classes,
  ranking: (said) => {
    const { b, logits, scores } = said;
    if (scores.classes === 1) return b.mean(foreground(said), [2], false);
    const all = b.constant(
      'int64',
      [1, scores.classes, 1],
      Array.from({ length: scores.classes }, (_, index) => index),
    );
    return b.mean(b.cast(b.equal(b.argmax(logits, 1), all), b.typeOf(logits)), [2], false);
  },
};

/** 1 where the model gives a pixel to the row's class, 0 elsewhere: [R, 1, positions]. */
function ownPixels(context: TargetContext): Value {
  const { b, logits, classes, scores } = context;
  if (scores.classes === 1) return foreground(context);
  return b.cast(b.equal(b.argmax(logits, 1), b.unsqueeze(classes, [1, 2])), b.typeOf(logits));
}

/** Of a single class, the pixels with more than even odds. */
function foreground({ b, logits }: Said): Value {
  return b.cast(b.greater(logits, b.scalar(0, logits)), b.typeOf(logits));
}

/** The mask at the size of the output: [1, 1, positions]. */
function given({ b, logits, scores }: Said, mask: Heatmap): Value {
  const { height, width, output } = scores as PixelScores;
  if (typeof height !== 'number' || typeof width !== 'number')
    throw new GradcamError(
      'unsupported-model',
      `a mask needs an output of fixed size, but '${output}' has ${height || '?'} × ${width || '?'} pixels; fix the size of the model's input`,
    );
  const { data } = resizeMap(mask, width, height);
  return b.constant(b.typeOf(logits), [1, 1, data.length], Array.from(data));
}

function checkMask({ width, height, data }: Heatmap): void {
  if (data.length === 0 || data.length !== width * height || !data.every(Number.isFinite))
    throw new GradcamError('invalid-tensor', `expected a mask of ${width} × ${height} finite numbers, but got ${data.length} values`);
  if (data.every((value) => value === 0)) throw new GradcamError('invalid-tensor', 'the mask is empty: no pixel of it counts');
}
