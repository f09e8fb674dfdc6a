import type { Rule } from './rule.js';
import { determinantRule } from './transform-determinant.js';
import { dftRule } from './transform-fourier.js';
import { stftRule } from './transform-frames.js';

/** Linear transforms and determinants. */
export const transformRules: readonly Rule[] = [determinantRule, dftRule, stftRule];
