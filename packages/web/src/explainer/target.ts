import { against, boxScore, type Heatmap, maskSum, similarity, type Target } from '@gradcam/core';

/**
 * The score that is explained, as data that cross to a worker: a target's name, `{ against }` a class of that index ("why this, not that"), `{ box }` of that index among a
 * detector's, the `{ mask }` over which a segmentation's scores are summed, or `{ similarity }` to vectors, which take the place of classes.
 */
export type TargetChoice =
  | string
  | { readonly against: number }
  | { readonly box: number }
  | { readonly mask: Heatmap }
  | { readonly similarity: readonly (readonly number[] | Float32Array)[] };

/** @internal */
export function targetOf(choice: TargetChoice): string | Target {
  if (typeof choice === 'string') return choice;
  if ('against' in choice) return against(choice.against);
  if ('box' in choice) return boxScore(choice.box);
  return 'mask' in choice ? maskSum(choice.mask) : similarity(choice.similarity);
}
