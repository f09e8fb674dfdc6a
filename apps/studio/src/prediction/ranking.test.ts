import { describe, expect, it } from 'vitest';
import { search, top } from './ranking.js';

const probabilities = Float32Array.of(0.125, 0.5, 0, 0.125, 0.25);
const labels = ['tabby, tabby cat', 'tiger cat', 'catfish', 'dog', 'Egyptian cat'];

describe('top', () => {
  it('is the most probable first, and the first of equals first', () => {
    expect(top(probabilities, 4).map(({ index }) => index)).toEqual([1, 4, 0, 3]);
    expect(top(probabilities, 1)).toEqual([{ index: 1, probability: 0.5 }]);
    expect(top(probabilities, 9)).toHaveLength(5);
  });

  it('agrees with sorting all', () => {
    const many = Float32Array.from({ length: 200 }, (_, i) => ((i * 7919) % 101) / 101);
    const sorted = [...many.keys()].sort((a, b) => (many[b] ?? 0) - (many[a] ?? 0) || a - b);
    expect(top(many, 20).map(({ index }) => index)).toEqual(sorted.slice(0, 20));
  });
});

describe('search', () => {
  const indices = (typed: string, count = 9) => search(labels, probabilities, typed, count).map(({ index }) => index);

  it('puts words that begin so before words that hold it', () => {
    expect(indices('cat')).toEqual([1, 4, 0, 2]);
    expect(indices('ish')).toEqual([2]);
  });

  it('takes indices, any case and doubled spaces', () => {
    expect(indices('3')).toEqual([3]);
    expect(indices('  TIGER   Cat ')).toEqual([1]);
  });

  it('finds classes without labels by their index', () => {
    expect(search([], probabilities, 'class 2', 9)).toEqual([{ index: 2, probability: 0 }]);
  });

  it('finds nothing for nothing, and at most so many', () => {
    expect(indices('')).toEqual([]);
    expect(indices('cat', 2)).toHaveLength(2);
    expect(indices('horse')).toEqual([]);
  });
});
