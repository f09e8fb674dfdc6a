import type { Case } from '../testing/case.js';

export const fusedCases: readonly Case[] = [];
