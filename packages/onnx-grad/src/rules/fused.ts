import type { Rule } from './rule.js';

/** Operators that ONNX Runtime writes when it saves an optimised model. */
export const fusedRules: readonly Rule[] = [];
