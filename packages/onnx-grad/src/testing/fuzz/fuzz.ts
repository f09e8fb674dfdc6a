import { random } from '../random.js';
import { attempt } from './attempt.js';
import { Dice, mutated } from './mutate.js';

/** Models to harm: small ones, and networks, which take longer and are taken less often. */
export interface Corpus {
  readonly small: readonly Uint8Array[];
  readonly large: readonly Uint8Array[];
}

/** Share of the cases that begin with a network. */
const LARGE = 0.03;

/** The bytes of a case, the same in every run of a seed. */
export function caseBytes({ small, large }: Corpus, dice: Dice): Uint8Array {
  const pick = () => dice.of(large.length > 0 && dice.chance(LARGE) ? large : small);
  return mutated(pick(), pick(), dice);
}

/** Runs a case. @returns how it ended: `ok` or the code of an error; anything else that is thrown is a finding */
export function runCase(corpus: Corpus, seed: string, index: number): string {
  const dice = new Dice(random(`${seed} ${index}`));
  return attempt(caseBytes(corpus, dice), dice);
}
