import type { Case } from '../testing/case.js';

export const deformCases: readonly Case[] = [];
