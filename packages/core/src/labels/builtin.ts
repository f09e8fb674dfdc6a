import { imagenetLabels } from './imagenet.js';

/** ImageNet-1k as TensorFlow's networks count it: 1001 classes, of which 0 is none of the others. */
export const imagenetLabelsWithBackground: readonly string[] = ['background', ...imagenetLabels];

/**
 * The labels of a classifier that has none of its own, judged by its number of classes: ImageNet-1k for 1000, and
 * for 1001 the same after a background class.
 *
 * @returns undefined for other numbers
 */
export function builtinLabels(count: number): readonly string[] | undefined {
  if (count === imagenetLabels.length) return imagenetLabels;
  return count === imagenetLabelsWithBackground.length ? imagenetLabelsWithBackground : undefined;
}
