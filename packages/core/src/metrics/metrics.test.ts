import { describe, expect, it } from 'vitest';
import type { Heatmap } from '../picture/image.js';
import { randomFrom } from '../runs/random.js';
import { areaUnder } from './curve.js';
import { findMetric } from './index.js';
import { Judge } from './judge.js';
import { type Box, regionOfBoxes, regionOfMask } from './region.js';

/** A network of one channel whose class probability is a share of the picture: Σ w·x, in closed form. The weights lie in a square. */
const SIDE = 8;
const COUNT = SIDE * SIDE;
const THING: Box = [2, 2, 6, 6];
const thing = regionOfBoxes([THING], { width: SIDE, height: SIDE });
const inThing = (at: number) => thing.inside[at] === 1;
const THING_SIZE = 16;

/** y(x) = mean of x over the thing. x is 1 everywhere, so y(x) = 1 and grey is 0. */
const score = (picture: Float32Array) => picture.reduce((sum, value, at) => sum + (inThing(at) ? value : 0), 0) / THING_SIZE;

const map = (at: (position: number) => number): Heatmap => ({
  width: SIDE,
  height: SIDE,
  data: Float32Array.from({ length: COUNT }, (_, p) => at(p)),
});
const perfect = map((at) => (inThing(at) ? 1 : 0));
const inverted = map((at) => (inThing(at) ? 0 : 1));
const constant = map(() => 1);
const empty = map(() => 0);
const random = (() => {
  const { uniform } = randomFrom(7);
  return map(() => uniform());
})();

interface Given {
  readonly picture?: Float32Array;
  readonly y?: (picture: Float32Array) => number;
  readonly again?: (picture: Float32Array) => Heatmap;
  readonly region?: typeof thing | null;
  readonly settings?: object;
}

/** A judge of a map, whose network is the closed form. */
function judge(
  heatmap: Heatmap,
  { picture = new Float32Array(COUNT).fill(1), y = score, again = () => heatmap, region = thing, settings = {} }: Given = {},
) {
  const scores = async (count: number, write: (index: number, into: Float32Array) => void) =>
    Float64Array.from({ length: count }, (_, index) => {
      const into = picture.slice();
      write(index, into);
      return y(into);
    });
  const image = { name: 'x', type: 'float32', layout: 'NCHW', batch: 1, channels: 1, height: SIDE, width: SIDE } as const;
  const input = { type: 'float32', dims: [1, 1, SIDE, SIDE], data: picture } as const;
  return new Judge({
    network: { input, image, height: SIDE, width: SIDE, scores },
    heatmap,
    score: y(picture),
    truth: region === null ? undefined : { region },
    settings,
    again: async (other) => again(other),
  });
}

const value = (metric: string, heatmap: Heatmap, given?: Given) => judge(heatmap, given).of(findMetric(metric));
const refusal = async (metric: string, heatmap: Heatmap, given?: Given) =>
  value(metric, heatmap, given).then(String, (error: Error) => error.message);

describe('average drop, gain and increase', () => {
  it('a map of all that counts loses nothing, one of all else everything, one of half the strength half', async () => {
    expect(await value('average-drop', perfect)).toBe(0);
    expect(await value('average-drop', inverted)).toBe(1);
    expect(
      await value(
        'average-drop',
        map((at) => (inThing(at) ? 0.5 : 1)),
      ),
    ).toBeCloseTo(0.5, 6);
    // x ⊙ 1 is the picture itself.
    expect(await value('average-drop', constant)).toBe(0);
    expect(await value('increase', constant)).toBe(0);
  });

  it('a network that is disturbed by the rest wins by its removal', async () => {
    // y = ½ · mean over the thing + ¼ − ¼ · mean over the rest: ½ on x, ¾ on x ⊙ h.
    const y = (picture: Float32Array) =>
      score(picture) / 2 + 0.25 - 0.25 * (picture.reduce((sum, v, at) => sum + (inThing(at) ? 0 : v), 0) / (COUNT - THING_SIZE));
    expect(await value('increase', perfect, { y })).toBe(1);
    expect(await value('average-gain', perfect, { y })).toBeCloseTo((0.75 - 0.5) / (1 - 0.5), 6);
    expect(await value('average-drop', perfect, { y })).toBe(0);
    expect(await value('average-gain', inverted, { y })).toBe(0);
  });

  it('a probability of 0 or 1 is said', async () => {
    expect(await refusal('average-drop', perfect, { y: () => 0 })).toMatch(/probability of 0: no share of it can be lost/);
    expect(await refusal('average-gain', perfect, { y: () => 1 })).toMatch(/probability of 1: there is nothing to gain/);
  });
});

describe('deletion and insertion', () => {
  // The thing is a quarter of the picture: y falls from 1 to 0 along the first quarter, area 1/8; insertion rises as fast, area 7/8.
  const settings = { steps: COUNT };
  // Blurred, a picture of ones stays one: the picture has to fade to show what is inserted.
  const picture = Float32Array.from({ length: COUNT }, (_, at) => (inThing(at) ? 1 : 0));

  it('a perfect map deletes all in the first quarter', async () => {
    expect(await value('deletion', perfect, { settings })).toBeCloseTo(1 / 8, 6);
    expect(await value('deletion', inverted, { settings })).toBeCloseTo(1 - 1 / 8, 6);
    const random100 = await value('deletion', random, { settings });
    expect(random100).toBeGreaterThan(0.35);
    expect(random100).toBeLessThan(0.65);
  });

  it('insertion starts from the blur and ends at the picture', async () => {
    const metric = findMetric('insertion');
    const curve = await judge(perfect, { picture, settings }).curveOf(metric);
    const shares = Array.from(curve?.shares ?? []);
    const scores = Array.from(curve?.scores ?? []);
    expect([shares[0], shares.at(-1), scores.at(-1)]).toEqual([0, 1, 1]);
    const [start = Number.NaN] = scores;
    expect(start).toBeGreaterThan(0.5);
    expect(start).toBeLessThan(1);
    // Pixels of the thing are replaced by ones, one after the other, and then y stays 1.
    expect(scores.slice(THING_SIZE)).toEqual(new Array(COUNT - THING_SIZE + 1).fill(1));
    expect(areaUnder({ shares: curve?.shares ?? new Float64Array(), scores: curve?.scores ?? new Float64Array() })).toBe(
      await value('insertion', perfect, { picture, settings }),
    );
    expect(await value('insertion', perfect, { picture, settings })).toBeGreaterThan(
      await value('insertion', random, { picture, settings }),
    );
    expect(await value('insertion', random, { picture, settings })).toBeGreaterThan(
      await value('insertion', inverted, { picture, settings }),
    );
  });

  it('the number of steps changes the resolution, not the ends', async () => {
    const curve = await judge(perfect, { settings: { steps: 4 } }).curveOf(findMetric('deletion'));
    expect(Array.from(curve?.shares ?? [])).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(Array.from(curve?.scores ?? [])).toEqual([1, 0, 0, 0, 0]);
  });

  it('a grey of its own is used', async () => {
    const curve = await judge(perfect, { settings: { steps: 4, grey: [0.5] } }).curveOf(findMetric('deletion'));
    expect(Array.from(curve?.scores ?? [])).toEqual([1, 0.5, 0.5, 0.5, 0.5]);
    expect(await refusal('deletion', perfect, { settings: { grey: [1, 2] } })).toMatch(
      /grey as one number, or one for each of 1 channels, but got 2/,
    );
  });
});

describe('ROAD', () => {
  // A picture that no neighbour tells: the thing is 1, the rest 0.
  const picture = Float32Array.from({ length: COUNT }, (_, at) => (inThing(at) ? 1 : 0));

  it('a perfect map is far above 0, its inverse as far below, a random one about 0', async () => {
    const good = await value('road', perfect, { picture });
    expect(good).toBeGreaterThan(0.15);
    expect(await value('road', inverted, { picture })).toBeLessThan(-0.15);
    expect(Math.abs(await value('road', random, { picture }))).toBeLessThan(0.15);
  });

  it('is the same again, and another for another seed', async () => {
    const first = await value('road', random, { picture });
    expect(await value('road', random, { picture })).toBe(first);
    expect(await value('road', random, { picture, settings: { seed: 1 } })).not.toBe(first);
  });
});

describe('coherency, complexity, ADCC and ARCC', () => {
  it('are what their definitions say', async () => {
    expect(await value('complexity', perfect)).toBeCloseTo(THING_SIZE / COUNT, 6);
    expect(await value('complexity', constant)).toBe(1);
    // The same map again: correlation 1. The inverse: −1.
    expect(await value('coherency', perfect)).toBeCloseTo(1, 6);
    expect(await value('coherency', perfect, { again: () => inverted })).toBeCloseTo(0, 6);
    // Harmonic mean of 1, 3/4 and 1.
    expect(await value('adcc', perfect)).toBeCloseTo(3 / (1 + 4 / 3 + 1), 6);
    expect(await value('adcc', perfect, { again: () => inverted })).toBeCloseTo(0, 6);
    // All is lost.
    expect(await value('adcc', inverted)).toBe(0);
    const judged = judge(perfect, { picture: Float32Array.from({ length: COUNT }, (_, at) => (inThing(at) ? 1 : 0)) });
    const road = await judged.of(findMetric('road'));
    expect(await judged.of(findMetric('arcc'))).toBeCloseTo(3 / (1 + 4 / 3 + 1 / road), 6);
    expect(await value('arcc', inverted)).toBe(0);
  });

  it('are shown the picture times the map', async () => {
    let seen: Float32Array | undefined;
    const again = (picture: Float32Array) => {
      seen = picture;
      return perfect;
    };
    await value('coherency', perfect, { again });
    expect(seen).toEqual(perfect.data);
  });
});

describe('pointing games and IoU', () => {
  it('know hits from misses', async () => {
    expect(await value('energy-pointing-game', perfect)).toBe(1);
    expect(await value('energy-pointing-game', inverted)).toBe(0);
    // On a constant map the share is that of the area.
    expect(await value('energy-pointing-game', constant)).toBeCloseTo(THING_SIZE / COUNT, 6);
    expect(await value('mask-iou', perfect)).toBe(1);
    expect(await value('mask-iou', inverted)).toBe(0);
    expect(await value('mask-iou', constant)).toBeCloseTo(THING_SIZE / COUNT, 6);
    expect(
      await value(
        'mask-iou',
        map((at) => (inThing(at) ? 1 : 0.4)),
        { settings: { threshold: 0.4 } },
      ),
    ).toBeCloseTo(0.25, 6);
  });

  it('the pointing game forgives its tolerance, as the crow flies, and no more', async () => {
    const corner = map((at) => (at === 0 ? 1 : 0.5));
    // From (0, 0) to the thing's corner at (2, 2): 2.83 pixels.
    expect(await value('pointing-game', corner)).toBe(1);
    expect(await value('pointing-game', corner, { settings: { tolerance: 2.8 } })).toBe(0);
    expect(await value('pointing-game', corner, { settings: { tolerance: 2.9 } })).toBe(1);
    expect(
      await value(
        'pointing-game',
        map((at) => (at === 3 * SIDE + 3 ? 1 : 0)),
        { settings: { tolerance: 0 } },
      ),
    ).toBe(1);
  });
});

describe('infidelity and max-sensitivity', () => {
  it('a map that tells exactly what each square is worth has no infidelity', async () => {
    expect(await value('infidelity', perfect)).toBeCloseTo(0, 10);
    const [some, worst] = [await value('infidelity', random), await value('infidelity', inverted)];
    expect(some).toBeGreaterThan(0.001);
    expect(worst).toBeGreaterThan(some);
  });

  it('a map that never changes is not sensitive; one that becomes its negative counts 2', async () => {
    const picture = random.data;
    expect(await value('max-sensitivity', perfect, { picture })).toBe(0);
    expect(await value('max-sensitivity', perfect, { picture, again: () => map((at) => -(perfect.data[at] ?? 0)) })).toBeCloseTo(2, 6);
    expect(await refusal('max-sensitivity', perfect)).toMatch(/of one colour/);
  });

  it('moves each number by 2 % of the range at most', async () => {
    let most = 0;
    const again = (picture: Float32Array) => {
      most = Math.max(most, ...picture.map((number, at) => Math.abs(number - (random.data[at] ?? 0))));
      return perfect;
    };
    await value('max-sensitivity', perfect, { picture: random.data, again });
    const range = Math.max(...random.data) - Math.min(...random.data);
    expect(most).toBeLessThanOrEqual(0.02 * range * 1.0001);
    expect(most).toBeGreaterThan(0.015 * range);
  });
});

describe('what cannot be measured is said', () => {
  const names = ['average-drop', 'deletion', 'road', 'coherency', 'complexity', 'adcc', 'pointing-game', 'mask-iou', 'infidelity'];
  it.each(names)('%s of an empty map', async (name) => {
    expect(await refusal(name, empty)).toMatch(/nothing speaks for the class: the map is all zero/);
  });
  it.each(['deletion', 'insertion', 'road', 'arcc', 'pointing-game', 'coherency'])('%s of a constant map', async (name) => {
    expect(await refusal(name, constant)).toMatch(/the same everywhere/);
  });
  it.each(['pointing-game', 'energy-pointing-game', 'mask-iou'])('%s without a box', async (name) => {
    expect(await refusal(name, perfect, { region: null })).toMatch(/neither a box nor a mask is given/);
  });
  it('scores that are not finite', async () => {
    expect(await refusal('average-drop', perfect, { y: (picture) => (picture.every((v) => v === 1) ? 1 : Number.NaN) })).toMatch(
      /not finite/,
    );
  });
  it('an unknown metric', () => {
    expect(() => findMetric('deletoin')).toThrow(/no metric named 'deletoin'.*deletion/);
    expect(findMetric('EBPG').name).toBe('energy-pointing-game');
  });
});

describe('regions', () => {
  const size = { width: 4, height: 3 };
  it('hold the pixels whose centres lie in a box', () => {
    expect(Array.from(regionOfBoxes([[0.5, 0, 2.5, 1]], size).inside)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(
      Array.from(
        regionOfBoxes(
          [
            [-5, 2, 1, 9],
            [3, 0, 4, 1],
          ],
          size,
        ).inside,
      ),
    ).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0]);
  });
  it.each<[Box, RegExp]>([
    [[4, 0, 6, 3], /the box \(4, 0, 6, 3\) lies outside of the picture, which is 4 × 3/],
    [[2, 2, 1, 3], /x0 < x1/],
    [[0.6, 0, 1.4, 3], /covers no pixel/],
    [[Number.NaN, 0, 1, 3], /x0 < x1/],
  ])('refuse the box %j', (box, words) => {
    expect(() => regionOfBoxes([box], size)).toThrow(words);
  });
  it('masks of another size are resized to the nearest pixel, of other proportions refused', () => {
    const mask = { width: 2, height: 2, inside: Uint8Array.of(1, 0, 0, 1) };
    expect(Array.from(regionOfMask(mask, { width: 4, height: 4 }).inside)).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1]);
    expect(regionOfMask(mask, { width: 2, height: 2 })).toBe(mask);
    expect(() => regionOfMask(mask, { width: 8, height: 4 })).toThrow(/proportions of the picture, 8 × 4, but it is 2 × 2/);
    expect(() => regionOfMask({ width: 2, height: 2, inside: new Uint8Array(4) }, size)).toThrow(/the mask is empty/);
    expect(() => regionOfMask({ width: 2, height: 2, inside: new Uint8Array(3) }, size)).toThrow(/2 × 2 values, but got 3/);
  });
});
