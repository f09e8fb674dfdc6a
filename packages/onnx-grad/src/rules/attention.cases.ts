import type { Case } from '../testing/case.js';

export const attentionCases: readonly Case[] = [];
