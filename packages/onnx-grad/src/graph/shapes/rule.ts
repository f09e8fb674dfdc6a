import type { Dims, Step } from './step.js';

/**
 * What one operator lets be known of the shape of an output; undefined where nothing. `x` is the shape of the first input, `index` tells
 * which output is meant: always the first, but for operators of `everyOutput`.
 */
export type ShapeRule = (step: Step, x: Dims, index: number) => Dims | undefined;

export type ShapeRules = Readonly<Record<string, ShapeRule>>;

/** The same rule for several operators. */
export function each(operators: string, rule: ShapeRule): ShapeRules {
  return Object.fromEntries(operators.split(/\s+/).map((operator) => [operator, rule]));
}
