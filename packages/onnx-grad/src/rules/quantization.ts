import type { Rule } from './rule.js';

/** Quantised operators: the derivative of the real-valued function that they stand for. */
export const quantizationRules: readonly Rule[] = [];
