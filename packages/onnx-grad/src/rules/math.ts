import type { Rule } from './rule.js';

/** Functions of numbers: trigonometric, hyperbolic, exponential ones. */
export const mathRules: readonly Rule[] = [];
