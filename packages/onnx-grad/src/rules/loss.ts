import type { Rule } from './rule.js';

/** Losses of training, as some exports keep them. */
export const lossRules: readonly Rule[] = [];
