import type { Case } from '../testing/case.js';

export const transformCases: readonly Case[] = [];
