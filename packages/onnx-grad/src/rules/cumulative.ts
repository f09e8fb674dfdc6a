import type { Rule } from './rule.js';

/** Running sums and products. */
export const cumulativeRules: readonly Rule[] = [];
