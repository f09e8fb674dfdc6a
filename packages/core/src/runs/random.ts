/** Random numbers that a seed determines, the same on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Of the standard normal distribution. */
  normal(): number;
}

/** @param seed a whole number; each gives another series */
export function randomFrom(seed: number): Random {
  // Mulberry32: a counter that is mixed. 2³² numbers before it repeats, which is plenty for noise.
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  // Box and Muller (1958): two uniform numbers make one normal one; the other of the pair is left.
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
