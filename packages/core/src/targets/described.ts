import type { Heatmap } from '../picture/image.js';
import { boxScore } from './box.js';
import { maskSum } from './mask.js';
import { against } from './probability.js';
import { similarity } from './similarity.js';
import type { Target } from './target.js';

/** A target as plain data, which another thread or machine can be sent. */
export type TargetDescription =
  /** A target that needs nothing else. */
  | string
  | { readonly against: number }
  | { readonly box: number }
  | { readonly mask: Heatmap }
  | { readonly references: readonly ArrayLike<number>[] };

/** The target that is described; one with a name stays its name, which `openExplainer` takes. @throws GradcamError `invalid-tensor` for references that are none */
export function describedTarget(description: TargetDescription): string | Target {
  if (typeof description === 'string') return description;
  if ('against' in description) return against(description.against);
  if ('box' in description) return boxScore(description.box);
  if ('mask' in description) return maskSum(description.mask);
  return similarity(description.references);
}
