import type { Case } from '../testing/case.js';

export const cumulativeCases: readonly Case[] = [];
