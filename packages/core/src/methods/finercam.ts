import { oneHot, oneHots, type Value } from 'onnx-grad';
import type { Target, TargetContext } from '../targets/target.js';
import { gradcam } from './gradcam.js';
import type { GraphMethod } from './method.js';

/** Classes that the explained one is told from. */
const RIVALS = 3;
/** How much the rivals' scores are held against the class. */
const ALPHA = 1;
/** As pytorch-grad-cam has it. */
const EPSILON = 1e-9;
/** Farther apart than two float32 logits ever are. */
const NEVER = 3e38;

/** y = Σᵢ pᵢ (z_c − α zᵢ) / (Σᵢ pᵢ + ε) over the rivals i, the classes with the nearest logits; p = σ(z). */
const finer: Target = {
  name: 'finer',
  summary: 'how far the class score is ahead of those of the most similar classes, by their probability',
  explains: ['classes'],
  score(context) {
    const { b } = context;
    // ε would be 0 in 16 bits.
    const z = b.cast(context.logits, 'float32');
    const own = b.cast(oneHot(b, context.classes, context.logits), 'float32');
    const lead = b.sub(b.sum(b.mul(z, own), [1]), b.scale(z, ALPHA));
    const p = b.mul(b.softmax(z, 1), rivals(context, z, own));
    return b.div(b.sum(b.mul(p, lead), [1], false), b.shift(b.sum(p, [1], false), EPSILON));
  },
};

/** 1 for the classes whose logits lie nearest to the explained one's, 0 elsewhere: [R, classes]. */
function rivals(context: TargetContext, z: Value, own: Value): Value {
  const { b, logits } = context;
  const distance = b.abs(b.sub(z, b.sum(b.mul(z, own), [1])));
  const nearness = b.neg(b.add(distance, b.scale(own, NEVER)));
  const count = Math.min(RIVALS, Number(b.facts.dims(logits)[1]) - 1);
  const each = b.cast(oneHots(b, b.largest(nearness, count), logits, 2), 'float32');
  return b.sum(each, [1], false);
}

/**
 * Finer-CAM (Zhang et al. 2025, arXiv 2501.11309): Grad-CAM of what tells the class from those that are most like it.
 */
export const finercam: GraphMethod = {
  ...gradcam,
  name: 'finercam',
  title: 'Finer-CAM',
  aliases: ['finer-cam'],
  summary: 'Grad-CAM of what tells the class from the three most similar ones',
  source: 'arXiv 2501.11309',
  target: finer,
};
