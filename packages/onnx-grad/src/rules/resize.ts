import type { Rule } from './rule.js';

/** Resizing: Resize and Upsample. */
export const resizeRules: readonly Rule[] = [];
