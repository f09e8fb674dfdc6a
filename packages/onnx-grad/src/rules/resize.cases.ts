import type { Case } from '../testing/case.js';

export const resizeCases: readonly Case[] = [];
