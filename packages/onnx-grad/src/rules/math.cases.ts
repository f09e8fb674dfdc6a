import type { Case } from '../testing/case.js';

export const mathCases: readonly Case[] = [];
