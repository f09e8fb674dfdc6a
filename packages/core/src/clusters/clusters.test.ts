import { describe, expect, it } from 'vitest';
import type { Heatmap } from '../picture/image.js';
import { randomFrom } from '../runs/random.js';
import { averageMap } from './average.js';
import { clusterHeatmaps } from './clusters.js';
import { groupsByGap } from './gap.js';
import { smallestEigenpairs } from './spectrum.js';
import { placesOf } from './where.js';

const SIDE = 7;

/** A Gaussian spot, with noise, on a grid like that of a last convolution. */
function spot({ normal }: ReturnType<typeof randomFrom>, x: number, y: number, wide = 1.2): Heatmap {
  const data = Float32Array.from({ length: SIDE * SIDE }, (_, at) => {
    const squared = ((at % SIDE) - x) ** 2 + (Math.floor(at / SIDE) - y) ** 2;
    return Math.exp(-squared / (2 * wide * wide)) + 0.1 * normal();
  });
  return { width: SIDE, height: SIDE, data };
}

/** Heatmaps on a thing whose place varies: the middle, give or take. */
const things = (random: ReturnType<typeof randomFrom>, count: number) =>
  Array.from({ length: count }, () => spot(random, 3 + 0.7 * random.normal(), 3 + 0.7 * random.normal()));

describe('clusterHeatmaps', () => {
  it.each([40, 200, 1500])('finds what was planted among %i heatmaps: a corner, an edge, and the rest', (count) => {
    const random = randomFrom(1);
    const [corner, edge] = [Math.round(0.15 * count), Math.round(0.25 * count)];
    const planted = [
      ...Array.from({ length: corner }, () => spot(random, 0, 0, 0.8)),
      ...Array.from({ length: edge }, () => spot(random, 6, 3, 0.8)),
      ...things(random, count - corner - edge),
    ];
    const { clusters, empty, eigenvalues } = clusterHeatmaps(planted);
    expect(empty).toEqual([]);
    const found = clusters.map(({ members }) => [...members].sort((one, other) => one - other));
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
    expect(found).toEqual([range(corner + edge, count), range(corner, corner + edge), range(0, corner)]);
    expect(placesOf(clusters[2]?.mean ?? spot(random, 3, 3))['top left']).toBeGreaterThan(0.4);
    // Three parts that nearly nothing joins.
    expect(eigenvalues[2]).toBeLessThan(0.02);
    expect(eigenvalues[3]).toBeGreaterThan(0.02);
  });

  it.each<[string, (random: ReturnType<typeof randomFrom>) => Heatmap]>([
    ['in one place', (random) => spot(random, 3, 3)],
    ['about the middle', (random) => spot(random, 3 + 0.7 * random.normal(), 3 + 0.7 * random.normal())],
    ['anywhere', (random) => spot(random, 6 * random.uniform(), 6 * random.uniform())],
    ['along a line', (random) => spot(random, 6 * random.uniform(), 3)],
    ['nowhere: noise', ({ uniform }) => ({ width: SIDE, height: SIDE, data: Float32Array.from({ length: SIDE * SIDE }, uniform) })],
  ])('is one cluster where nothing was planted: %s', (_, heatmap) => {
    // Of fewer, chance leaves gaps on a line.
    for (const count of [100, 400]) {
      const random = randomFrom(count);
      expect(clusterHeatmaps(Array.from({ length: count }, () => heatmap(random))).clusters.length).toBe(1);
    }
  });

  it('puts heatmaps beyond the sample where those like them are, and is the same again', () => {
    const random = randomFrom(2);
    const planted = Array.from({ length: 600 }, (_, at) => (at % 3 === 0 ? spot(random, 6, 6, 0.8) : things(random, 1)[0])).filter(
      (map) => map !== undefined,
    );
    const { clusters, plane } = clusterHeatmaps(planted, { sample: 100 });
    expect(clusters.map(({ members }) => members.length)).toEqual([400, 200]);
    expect(clusters[1]?.members.every((index) => index % 3 === 0)).toBe(true);
    expect(clusterHeatmaps(planted, { sample: 100 })).toEqual({ clusters, plane, empty: [], eigenvalues: expect.anything() });
    // In the plane the groups lie apart: no point of one is nearer to the other's middle.
    const middle = (group: number) => {
      const own = plane.filter(({ index }) => clusters[group]?.members.includes(index));
      return [own.reduce((sum, { x }) => sum + x, 0) / own.length, own.reduce((sum, { y }) => sum + y, 0) / own.length] as const;
    };
    const [one, other] = [middle(0), middle(1)];
    for (const { index, x, y } of plane) {
      const nearOther = Math.hypot(x - other[0], y - other[1]) < Math.hypot(x - one[0], y - one[1]);
      expect(nearOther).toBe(index % 3 === 0);
    }
  });

  it('finds groups among heatmaps that are there again and again', () => {
    // A thing in one of nine places, in every third with something louder in a corner: 18 heatmaps, each many times.
    const square = (number: number): Heatmap => {
      const data = new Float32Array(16 * 16);
      const [left, top] = [4 + (number % 3), 4 + (Math.floor(number / 3) % 3)];
      for (let y = 0; y < 5; y++) data.fill(1, 16 * (top + y) + left, 16 * (top + y) + left + 5);
      if (number % 27 < 9) for (let y = 13; y < 16; y++) data.fill(5, 16 * y, 16 * y + 3);
      return { width: 16, height: 16, data };
    };
    for (const count of [54, 108, 540]) {
      const { clusters } = clusterHeatmaps(Array.from({ length: count }, (_, number) => square(number)));
      expect(clusters.map(({ members }) => members.length)).toEqual([(2 * count) / 3, count / 3]);
      expect(clusters[1]?.members.every((number) => number % 27 < 9)).toBe(true);
    }
    expect(clusterHeatmaps(Array.from({ length: 50 }, () => square(0))).clusters.map(({ members }) => members.length)).toEqual([50]);
  });

  it('leaves out what has no evidence; takes few, none, and maps of several sizes', () => {
    const random = randomFrom(3);
    const none: Heatmap = { width: SIDE, height: SIDE, data: new Float32Array(SIDE * SIDE).fill(-1) };
    const broken: Heatmap = { width: SIDE, height: SIDE, data: new Float32Array(SIDE * SIDE).fill(Number.NaN) };
    expect(clusterHeatmaps([])).toEqual({ clusters: [], empty: [], eigenvalues: [], plane: [] });
    expect(clusterHeatmaps([none, broken])).toMatchObject({ clusters: [], empty: [0, 1] });
    const { clusters, empty } = clusterHeatmaps([none, spot(random, 3, 3), averageMap(spot(random, 3, 3), 14, 5)]);
    expect(clusters.map(({ members }) => [...members].sort())).toEqual([[1, 2]]);
    expect(empty).toEqual([0]);
    // Two at 1 as their maximum, and the mean of both.
    const map = (...data: number[]): Heatmap => ({ width: 2, height: 1, data: Float32Array.from(data) });
    expect([...(clusterHeatmaps([map(2, 1), map(-3, 5)]).clusters[0]?.mean.data ?? [])]).toEqual([0.5, 0.75]);
    expect(() => clusterHeatmaps([none], { most: 0 })).toThrow(/most .* at least 1, got 0/);
  });
});

describe('the parts', () => {
  it('the Laplacian of a ring of n has the eigenvalues 1 − cos(2πj / n), of two rings each twice', () => {
    const ring = (from: number, size: number) =>
      Array.from({ length: size }, (_, at) => new Map([1, size - 1].map((step) => [from + ((at + step) % size), 0.5])));
    const value = (j: number) => 1 - Math.cos((2 * Math.PI * j) / 12);
    const values = (graph: ReadonlyMap<number, number>[], count: number) =>
      smallestEigenpairs(graph, count)
        .map((pair) => pair.value)
        .sort((one, other) => one - other);
    for (const [at, found] of values(ring(0, 12), 5).entries()) expect(found).toBeCloseTo(value(Math.ceil(at / 2)), 9);
    for (const [at, found] of values([...ring(0, 12), ...ring(12, 12)], 6).entries()) expect(found).toBeCloseTo(at < 2 ? 0 : value(1), 9);
  });

  it('the eigengap', () => {
    expect(groupsByGap([0, 0, 0, 0.3, 0.4])).toBe(3);
    expect(groupsByGap([0, 0.3, 0.4, 0.5])).toBe(1);
    expect(groupsByGap([0, 0.005, 0.01, 0.02, 0.03])).toBe(1);
  });

  it('averages over areas: nothing is lost, and what is negative counts as 0', () => {
    const map = { width: 3, height: 2, data: Float32Array.of(3, 0, 6, -5, 0, 3) };
    // Columns 0 … 1.5 and 1.5 … 3: (3 + ½ · 0) / 1.5 and (½ · 0 + 6) / 1.5, then both rows.
    expect([...averageMap(map, 2, 1).data]).toEqual([1, 3]);
    expect([...averageMap(map, 6, 2).data].slice(0, 6)).toEqual([3, 3, 0, 0, 6, 6]);
  });

  it('says where energy lies', () => {
    const even = placesOf({ width: 5, height: 7, data: new Float32Array(35).fill(2) });
    expect(even.centre).toBeCloseTo(0.25, 12);
    expect(even.border).toBeCloseTo(1 - 0.75 ** 2, 12);
    for (const corner of ['top left', 'top right', 'bottom left', 'bottom right'] as const) expect(even[corner]).toBeCloseTo(1 / 16, 12);
    const corner = placesOf({ width: 8, height: 8, data: Float32Array.from({ length: 64 }, (_, at) => (at === 7 ? 1 : -1)) });
    expect(corner).toEqual({ centre: 0, border: 1, 'top left': 0, 'top right': 1, 'bottom left': 0, 'bottom right': 0 });
    expect(placesOf({ width: 2, height: 1, data: new Float32Array(2) })).toMatchObject({ centre: 0, border: 0 });
  });
});
