import type { Rule } from './rule.js';

/** Sampling at computed positions. */
export const samplingRules: readonly Rule[] = [];
