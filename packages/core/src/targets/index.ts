import { suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { Scores } from '../model/score.js';
import { bestOfBoxes, boxScore } from './box.js';
import { classScores, logit } from './logit.js';
import { maskSum, pixelShares } from './mask.js';
import { logProbability, probability } from './probability.js';
import type { Choices, Target } from './target.js';

/** Every target that has a name and needs nothing else, in the order in which lists show them. */
export const targets: readonly Target[] = [logit, probability, logProbability, maskSum(), boxScore()];

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

/** Of each kind of output: what it holds, in words; the target that explains it unless another is asked for; what a row's class is chosen among. */
const kinds: Readonly<Record<Scores['kind'], { readonly holds: string; readonly target: Target | undefined; readonly choices: Choices }>> =
  {
    classes: { holds: 'class scores', target: logit, choices: classScores },
    pixels: { holds: 'class scores of each pixel', target: maskSum(), choices: pixelShares },
    boxes: { holds: 'boxes', target: boxScore(), choices: bestOfBoxes },
    embedding: { holds: 'a vector of features', target: undefined, choices: classScores },
  };

/**
 * The target that is meant: the one given, by its name perhaps, or the one that suits the output.
 *
 * @throws GradcamError `unknown-target` where it does not fit what the output holds, with those that do
 */
export function chooseTarget(scores: Scores, given?: string | Target): Target {
  const target = (typeof given === 'string' ? findTarget(given) : given) ?? kinds[scores.kind].target;
  if (target !== undefined && fits(target, scores)) return target;
  const names = targets.filter((one) => fits(one, scores)).map(({ name }) => name);
  const fitting = names.length > 0 ? `what fits is: ${names.join(', ')}` : 'give a reference vector, to which the similarity is explained';
  const problem = target === undefined ? 'which has no class to explain' : `which target '${target.name}' cannot be computed of`;
  throw new GradcamError('unknown-target', `output '${scores.output}' holds ${kinds[scores.kind].holds}, ${problem}; ${fitting}`);
}

function fits({ explains }: Target, { kind }: Scores): boolean {
  return explains?.includes(kind) ?? true;
}

/** What the class of a row is chosen among. */
export function choicesOf(scores: Scores, target?: Target): Choices {
  return target?.choices ?? kinds[scores.kind].choices;
}
