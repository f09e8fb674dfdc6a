import type { Constant } from '../graph/types.js';
import { withData } from './tensor.js';

/** Σ weights · values, over several tensors, in double precision. */
export function dot(weights: readonly Constant[], values: readonly Constant[]): number {
  let sum = 0;
  weights.forEach(({ data }, index) => {
    const other = values[index]?.data ?? [];
    data.forEach((weight, element) => {
      sum += weight * (other[element] ?? Number.NaN);
    });
  });
  return sum;
}

/**
 * The step of central differences. Half of it is below half of the grid's spacing, so that no kink is crossed. The function
 * is float32, so its rounding (6e-8) is divided by the step: 1e-6. Richardson's extrapolation of the steps h and h / 2 leaves
 * an error of order h⁴ (2e-6): a larger step would cost there what it wins in rounding.
 */
const STEP = 3 / 64;

const DOUBLE_STEP = 1 / 512;

/** Central differences are exact for linear functions, whatever the step: a large one leaves nothing but float32's rounding. */
const LINEAR_STEP = 1;

/** How a case is stepped through. */
export interface Steps {
  readonly linear?: boolean;
  readonly unit?: number;
  /** Whether the function is float64, whose rounding allows small steps. */
  readonly double?: boolean;
}

/** d(score) / d(x) at every element of x, by central differences of `score`. */
export async function differences(
  score: (x: Constant) => Promise<number>,
  x: Constant,
  { linear = false, unit = 1, double = false }: Steps,
): Promise<number[]> {
  const small = double ? DOUBLE_STEP : STEP;
  const round = double ? (value: number) => value : Math.fround;
  const slope = async (element: number, step: number) => {
    const at = (offset: number) => x.data.map((value, index) => (index === element ? round(value + offset) : value));
    const [above, below] = [at(step), at(-step)];
    const rise = (await score(withData(x, above))) - (await score(withData(x, below)));
    // Rounding to float32 moves the points a little: divide by the distance that they have.
    return rise / ((above[element] ?? 0) - (below[element] ?? 0));
  };
  const result: number[] = [];
  for (const element of x.data.keys())
    result.push(
      linear
        ? await slope(element, LINEAR_STEP * unit)
        : (4 * (await slope(element, (small / 2) * unit)) - (await slope(element, small * unit))) / 3,
    );
  return result;
}

/** d(values) / dt at t = 0, by central differences; the values must be linear, or smooth for |t| ≤ 3 / 64 units. */
export async function derivative(
  values: (t: number) => Promise<readonly number[]>,
  { linear = false, unit = 1 }: Steps,
): Promise<number[]> {
  const slope = async (step: number) => {
    const [above, below] = [await values(step), await values(-step)];
    return above.map((value, index) => (value - (below[index] ?? Number.NaN)) / (2 * step));
  };
  if (linear) return slope(LINEAR_STEP * unit);
  const [fine, coarse] = [await slope((STEP / 2) * unit), await slope(STEP * unit)];
  return fine.map((value, index) => (4 * value - (coarse[index] ?? Number.NaN)) / 3);
}

/** ‖received − expected‖ / ‖expected‖, the norm no less than 1e-3, so that a gradient of zeros can be compared too. */
export function relativeError(received: readonly number[], expected: readonly number[]): number {
  if (received.length !== expected.length) return Number.POSITIVE_INFINITY;
  const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const difference = norm(received.map((value, index) => value - (expected[index] ?? Number.NaN)));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / Math.max(norm(expected), 1e-3);
}
