import type { Rule } from './rule.js';

/** Linear transforms and determinants. */
export const transformRules: readonly Rule[] = [];
