import { random } from '../random.js';
import { Dice, mutated } from './mutate.js';

/** Models to harm: small ones, and networks, which take longer and are taken less often. */
export interface Corpus {
  readonly small: readonly Uint8Array[];
  readonly large: readonly Uint8Array[];
}

/** Share of the cases that begin with a network. */
const LARGE = 0.03;

/** A harmed model, and the dice for what is done with it: the same in every run of a seed. */
export function makeCase({ small, large }: Corpus, seed: string, index: number): { bytes: Uint8Array; dice: Dice } {
  const dice = new Dice(random(`${seed} ${index}`));
  const pick = () => dice.of(large.length > 0 && dice.chance(LARGE) ? large : small);
  return { bytes: mutated(pick(), pick(), dice), dice };
}
