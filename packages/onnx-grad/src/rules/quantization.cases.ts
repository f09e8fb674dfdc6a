import type { Case } from '../testing/case.js';

export const quantizationCases: readonly Case[] = [];
