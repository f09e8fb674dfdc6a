import type { Rule } from './rule.js';

/** Einstein sums. */
export const einsumRules: readonly Rule[] = [];
