import type { Case } from '../testing/case.js';

export const scatterCases: readonly Case[] = [];
