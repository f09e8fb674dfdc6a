/** Two classes: the one that is explained, and the one beside it or against it. */
export interface Pair {
  readonly class: number | undefined;
  readonly other: number | undefined;
}

/** The pair after a class was chosen for one of its places. Where it stood in the other one, the two change places. */
export function withChosen(pair: Pair, place: keyof Pair, index: number): Pair {
  const opposite = place === 'class' ? 'other' : 'class';
  const swapped = pair[opposite] === index ? { [opposite]: pair[place] } : {};
  return { ...pair, ...swapped, [place]: index };
}
