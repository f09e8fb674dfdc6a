import type { Rule } from './rule.js';

/** Gathering and scattering of slices. */
export const scatterRules: readonly Rule[] = [];
