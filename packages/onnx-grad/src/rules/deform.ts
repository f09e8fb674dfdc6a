import type { Rule } from './rule.js';

/** Convolution with offsets. */
export const deformRules: readonly Rule[] = [];
