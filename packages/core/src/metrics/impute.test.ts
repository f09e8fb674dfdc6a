import { expect, it } from 'vitest';
import { randomFrom } from '../runs/random.js';
import { impute } from './impute.js';

/** Σₙ wₙ (xₙ − xᵢ) of a pixel: 1/6 beside it, 1/12 at its corners. Written apart from the solver. */
function imbalance(plane: Float64Array, at: number, width: number, height: number): number {
  const [x, y] = [at % width, Math.floor(at / width)];
  let sum = 0;
  for (let dy = -1; dy <= 1; dy++)
    for (let dx = -1; dx <= 1; dx++) {
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
      const weight = dx === 0 && dy === 0 ? 0 : dx === 0 || dy === 0 ? 1 / 6 : 1 / 12;
      sum += weight * ((plane[at + dy * width + dx] as number) - (plane[at] as number));
    }
  return sum;
}

const { uniform } = randomFrom(3);
const noise = (count: number) => Float64Array.from({ length: count }, () => 4 * uniform() - 2);

it.each([
  [0.1, 'scattered', 31, 17],
  [0.9, 'scattered', 31, 17],
  [0.5, 'in one piece', 40, 40],
  [0.9, 'in one piece', 57, 33],
  [0.99, 'scattered', 64, 64],
  [0.5, 'scattered', 1, 9],
] as const)(
  '%d of the pixels removed, %s, of %d × %d: every one is the mean of its neighbours, the others stay',
  (share, how, width, height) => {
    const count = width * height;
    const planes = [noise(count), noise(count)];
    const removed = Uint8Array.from({ length: count }, (_, at) => ((how === 'scattered' ? uniform() : at / count) < share ? 1 : 0));
    const filled = impute(planes, removed, width, height);
    planes.forEach((plane, channel) => {
      const result = filled[channel] ?? new Float64Array();
      let worst = 0;
      for (let at = 0; at < count; at++) {
        if (removed[at] === 1) worst = Math.max(worst, Math.abs(imbalance(result, at, width, height)));
        else expect(result[at]).toBe(plane[at]);
      }
      // The residual is 1e-6 of the right side, whose entries are at most 2.
      expect(worst).toBeLessThan(1e-5);
    });
  },
);

it('a ramp is continued exactly: it is the mean of its neighbours', () => {
  const [width, height] = [24, 20];
  const ramp = Float64Array.from({ length: width * height }, (_, at) => 3 * (at % width) - 2 * Math.floor(at / width));
  // A hole inside: at the border the neighbours of one side are missing, and a ramp bends.
  const hole = Uint8Array.from(ramp, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return x > 3 && x < 20 && y > 2 && y < 17 ? 1 : 0;
  });
  const [filled] = impute([ramp.map((value, at) => (hole[at] === 1 ? 1e6 : value))], hole, width, height);
  const worst = ramp.reduce((most, value, at) => Math.max(most, Math.abs(value - (filled?.[at] ?? Number.NaN))), 0);
  expect(worst).toBeLessThan(1e-3);
});

it('one pixel that is kept fills the whole; none is refused', () => {
  const [filled] = impute([Float64Array.of(0, 0, 5, 0, 0, 0)], Uint8Array.of(1, 1, 0, 1, 1, 1), 3, 2);
  for (const value of filled ?? []) expect(value).toBeCloseTo(5, 5);
  expect(() => impute([new Float64Array(6)], new Uint8Array(6).fill(1), 3, 2)).toThrow(/all pixels are removed/);
});
