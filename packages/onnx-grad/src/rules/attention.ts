import type { Rule } from './rule.js';

/** Attention. */
export const attentionRules: readonly Rule[] = [];
