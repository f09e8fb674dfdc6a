import type { Heatmap } from '@gradcam/core';
import { describe, expect, it } from 'vitest';
import { chance, inWords, percent, whereabouts } from './where.js';

/** A map of 8 × 8 positions. */
function map(value: (x: number, y: number) => number): Heatmap {
  return { width: 8, height: 8, data: Float32Array.from({ length: 64 }, (_, i) => value(i % 8, Math.floor(i / 8))) };
}

const whole = { left: 0, top: 0, scaleX: 10, scaleY: 10 };
const picture = { width: 80, height: 80 };

describe('where the evidence lies', () => {
  it('names the quarter that holds it', () => {
    const found = whereabouts(
      map((x, y) => (x < 4 && y < 4 ? 1 : 0)),
      whole,
      picture,
    );
    expect(found).toEqual({ region: 'upper left', share: 1, half: 8 / 64 });
    expect(inWords(found)).toBe('upper left, 100 % of the evidence');
  });

  it('adds up what each quarter holds', () => {
    // 16 positions of 3 in the lower right, 48 of 1 elsewhere: 48 of 96.
    const found = whereabouts(
      map((x, y) => (x >= 4 && y >= 4 ? 3 : 1)),
      whole,
      picture,
    );
    expect(found).toEqual({ region: 'lower right', share: 0.5, half: 16 / 64 });
  });

  it('knows the centre', () => {
    const found = whereabouts(
      map((x, y) => (x >= 2 && x < 6 && y >= 2 && y < 6 ? 1 : 0)),
      whole,
      picture,
    );
    expect(found?.region).toBe('centre');
  });

  it('names a half where no quarter holds enough', () => {
    const found = whereabouts(
      map((_, y) => (y >= 4 ? 3 : 1)),
      whole,
      picture,
    );
    expect(found).toMatchObject({ region: 'lower half', share: 0.75 });
  });

  it('says when it is spread', () => {
    const found = whereabouts(
      map(() => 0.4),
      whole,
      picture,
    );
    expect(inWords(found)).toBe('spread over the whole picture');
    expect(found?.half).toBe(0.5);
  });

  it('says when there is none', () => {
    expect(
      whereabouts(
        map(() => 0),
        whole,
        picture,
      ),
    ).toBeUndefined();
    expect(inWords(undefined)).toBe('nothing speaks for it');
  });

  it('counts positions where they lie on the picture, and borders not at all', () => {
    // The network saw the right half of a wide picture.
    const right = { left: 80, top: 0, scaleX: 10, scaleY: 10 };
    const found = whereabouts(
      map((x, y) => (x < 4 && y < 4 ? 1 : 0)),
      right,
      { width: 160, height: 80 },
    );
    expect(found?.region).toBe('upper right');
    // A letterbox: the lower half of the input is border.
    const letterbox = whereabouts(
      map((x, y) => (y < 4 ? (x < 4 ? 1 : 0) : 9)),
      whole,
      { width: 80, height: 40 },
    );
    expect(letterbox).toMatchObject({ region: 'left half', share: 1 });
  });
});

describe('percent', () => {
  it.each([
    [0, '0 %'],
    [0.001, '< 1 %'],
    [0.006, '1 %'],
    [0.625, '63 %'],
    [0.9951, '> 99 %'],
    [1, '100 %'],
  ])('%d is %s', (share, words) => {
    expect(percent(share)).toBe(words);
  });
});

describe('a probability', () => {
  it.each([
    [0, '0 %'],
    [0.0004, '< 0.1 %'],
    [0.0123, '1.2 %'],
    [0.0994, '9.9 %'],
    [0.0996, '10 %'],
    [0.731, '73 %'],
    [0.999, '> 99 %'],
    // Similarities may be negative.
    [-0.2, '-20 %'],
  ])('%d is %s', (probability, words) => {
    expect(chance(probability)).toBe(words);
  });
});
