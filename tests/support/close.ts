import type { Runtime, Tensor } from '@gradcam/core';
import { expect } from 'vitest';
import { type Fixture, relativeL2 } from './fixtures.js';
import { indistinguishable, nearbyInputs } from './sensitivity.js';

/** A gradient may lie as far from PyTorch's as gradients at nearby inputs lie from each other; twice, since few directions are tried. */
const SPREAD = 2;

/** Inputs at which a quantity is asked that rounding moves far. */
const TRIES = 12;

/** What a quantity may be compared by. */
export interface Comparison {
  readonly distance?: (actual: ArrayLike<number>, expected: ArrayLike<number>) => number;
  /** A formula that divides by what may be almost 0: it moves far at inputs that differ by rounding, and no gate explains it. */
  readonly divides?: boolean;
}

/** Asserts that what is computed of a fixture's input is close to a golden value. */
export type ExpectClose = (
  what: string,
  expected: ArrayLike<number>,
  tolerance: number,
  compute: (input: Tensor) => Promise<ArrayLike<number>>,
  comparison?: Comparison,
) => Promise<void>;

/** Asserts closeness; where it fails, that the quantity moves as far under input changes of the size of rounding (see `sensitivity.ts`). */
export function closeness(runtime: Runtime, { name, model, input: original }: Fixture): ExpectClose {
  let nearby: readonly Tensor[] | undefined;
  return async (what, expected, tolerance, compute, { distance = relativeL2, divides = false } = {}) => {
    const actual = await compute(original);
    const apart = distance(actual, expected);
    if (apart <= tolerance) return;
    const said = `${name} ${what}: relative L2 ${apart.toExponential(1)}`;
    let tried = 0;
    let spread = 0;
    for (const input of indistinguishable(name, original)) {
      tried++;
      const moved = await compute(input);
      spread = Math.max(spread, distance(moved, actual));
      if (distance(moved, expected) <= tolerance) {
        console.info(`${said}, a flipped gate: within ${tolerance} at an input that differs by 3e-7 at most (try ${tried})`);
        return;
      }
      if (divides && tried === TRIES) break;
    }
    if (!divides) expect(tried, `${said}, and no indistinguishable input has the gates as PyTorch had them`).toBe(0);
    if (tried === 0) {
      nearby ??= await nearbyInputs(runtime, name, model, original);
      for (const input of nearby) spread = Math.max(spread, distance(await compute(input), actual));
    }
    const where = tried === 0 ? 'inputs that move the logits as far as the forward passes differ' : 'inputs that differ by 3e-7 at most';
    console.info(`${said}; at ${where} it moves by ${spread.toExponential(1)}`);
    expect(apart, what).toBeLessThan(Math.max(tolerance, SPREAD * spread));
    if (!divides) expect(apart, what).toBeLessThan(0.05);
  };
}
