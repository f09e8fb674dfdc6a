import { suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { logit } from './logit.js';
import { logProbability, probability } from './probability.js';
import type { Target } from './target.js';

/** Every target that has a name and needs nothing else, in the order in which lists show them. */
export const targets: readonly Target[] = [logit, probability, logProbability];

/** A target by its name. @throws GradcamError `unknown-target` */
export function findTarget(name: string): Target {
  const found = targets.find((target) => target.name === name.toLowerCase());
  if (found !== undefined) return found;
  const names = targets.map((target) => target.name);
  throw new GradcamError(
    'unknown-target',
    `there is no target named '${name}'${suggestion(name, names, 1)}; there are: ${names.join(', ')}`,
  );
}
