import { expect, test } from 'vitest';
import { allCases } from './cases.js';
import { caseModels, handMade } from './corpus.js';
import { runCase } from './fuzz.js';

/** `npm run fuzz` runs a hundred times as many, networks among them. */
const CASES = 2000;

test('harmed models end in an error of ours or in a gradient', async () => {
  const corpus = { small: [...handMade(), ...caseModels(await allCases())], large: [] };
  const ends = new Map<string, number>();
  for (let index = 0; index < CASES; index++) {
    const start = performance.now();
    const end = runCase(corpus, 'unit', index);
    ends.set(end, (ends.get(end) ?? 0) + 1);
    expect(performance.now() - start, `milliseconds of case ${index}`).toBeLessThan(5000);
  }
  // Mutations that all end at the first byte would show nothing.
  expect(ends.get('ok')).toBeGreaterThan(CASES / 20);
  expect(ends.size).toBeGreaterThan(4);
});
