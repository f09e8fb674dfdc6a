import { expect, test } from 'vitest';
import { attempt } from './attempt.js';
import { allCases } from './cases.js';
import { caseModels, handMade, hostile } from './corpus.js';
import { makeCase } from './fuzz.js';

/** `npm run fuzz` runs two hundred times as many, networks among them. */
const CASES = 1000;

test('harmed models end in an error of ours or in a gradient', async () => {
  const corpus = [
    { share: 8, models: caseModels(await allCases()) },
    { share: 1, models: handMade() },
    { share: 1, models: hostile() },
  ];
  const ends = new Map<string, number>();
  for (let index = 0; index < CASES; index++) {
    const { bytes, dice } = makeCase(corpus, 'unit', index);
    const end = attempt(bytes, dice);
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  // Mutations that all end at the first byte would show nothing.
  expect(ends.get('ok')).toBeGreaterThan(CASES / 20);
  expect(ends.size).toBeGreaterThan(4);
}, 120_000);
