import { random } from '../random.js';
import { Dice, mutated } from './mutate.js';

/** Models of one kind to harm. */
export interface Group {
  /** How often one of them is harmed, against the shares of the others. */
  readonly share: number;
  readonly models: readonly Uint8Array[];
  /** Whether they were image classifiers, so that there are layers to choose from. */
  readonly classifiers?: boolean;
}

/** A harmed model. */
export interface HarmedModel {
  readonly bytes: Uint8Array;
  /** For what is done with it. */
  readonly dice: Dice;
  readonly wasClassifier: boolean;
}

/** One case: the same in every run of a seed. */
export function makeCase(corpus: readonly Group[], seed: string, index: number): HarmedModel {
  const dice = new Dice(random(`${seed} ${index}`));
  const group = pickGroup(
    corpus.filter(({ models }) => models.length > 0),
    dice,
  );
  const bytes = mutated(dice.of(group.models), dice.of(group.models), dice);
  return { bytes, dice, wasClassifier: group.classifiers ?? false };
}

function pickGroup(groups: readonly Group[], dice: Dice): Group {
  let left = dice.below(groups.reduce((sum, { share }) => sum + share, 0));
  const found = groups.find(({ share }) => {
    left -= share;
    return left < 0;
  });
  if (found === undefined) throw new RangeError('there are no models to harm');
  return found;
}
