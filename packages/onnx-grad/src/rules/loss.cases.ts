import type { Case } from '../testing/case.js';

export const lossCases: readonly Case[] = [];
