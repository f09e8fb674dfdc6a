import type { Case } from '../testing/case.js';

export const samplingCases: readonly Case[] = [];
