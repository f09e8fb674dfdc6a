import { expect, test } from 'vitest';
import { mapOfScoredMasks, type ScoreMasks } from './scores-of-masks.js';

test('channels that are the same everywhere share the score of their mask, which is all zeros', async () => {
  const channels = [
    [0, 0, 0, 0],
    [0, 1, 2, 4],
    [3, 3, 3, 3],
    [8, 0, 0, 0],
  ];
  const data = Float32Array.from(channels.flat());
  const masks: number[][] = [];
  // As a score the sum over the mask, the second of two samples at half strength: its mean is ¾ of that.
  const maskedScores: ScoreMasks = (count, write) => {
    const scores = Float64Array.from({ length: count }, (_, index) => {
      const mask = new Float32Array(4).fill(1);
      write(index, mask);
      masks.push(Array.from(mask));
      return mask.reduce((sum, value) => sum + value, 0);
    });
    return Promise.resolve(scores);
  };
  const activations = () => Promise.resolve({ channels: 4, width: 2, height: 2, data });
  const map = await mapOfScoredMasks({ activations, maskedScores, width: 2, height: 2 }, 2, { strength: (sample) => 1 / (sample + 1) });
  const expected = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.25, 0.5, 1, 0, 0.125, 0.25, 0.5, 1, 0, 0, 0, 0.5, 0, 0, 0];
  expect(masks).toHaveLength(6);
  for (const [at, value] of masks.flat().entries()) expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 6);
  const powers = [0, 0.75 * 1.75, 0, 0.75].map(Math.exp);
  const total = powers.reduce((sum, power) => sum + power, 0);
  for (const [at, value] of map.data.entries()) {
    const sum = channels.reduce((part, channel, k) => part + ((powers[k] ?? 0) / total) * (channel[at] ?? 0), 0);
    expect(value).toBeCloseTo(sum, 5);
  }
});
