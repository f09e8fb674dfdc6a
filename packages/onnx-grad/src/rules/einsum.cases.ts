import type { Case } from '../testing/case.js';

export const einsumCases: readonly Case[] = [];
