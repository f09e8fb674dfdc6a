/** Numbers in [0, 1) that are the same in every run: Marsaglia's xorshift, seeded by a text. */
export function random(seed: string): () => number {
  let state = 2166136261;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
  if (state === 0) state = 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // The first numbers of similar seeds are similar.
  for (let round = 0; round < 8; round++) next();
  return next;
}

/** The numbers in another order. */
export function shuffled(values: readonly number[], next: () => number): number[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1));
    [result[last], result[other]] = [result[other] ?? 0, result[last] ?? 0];
  }
  return result;
}
