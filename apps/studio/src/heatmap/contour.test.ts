import { describe, expect, it } from 'vitest';
import { contour, type Loop, pathOf } from './contour.js';

function map(rows: readonly (readonly number[])[]) {
  return { width: rows[0]?.length ?? 0, height: rows.length, data: Float32Array.from(rows.flat()) };
}

/** Twice the signed area; positive where the inside lies to the right of the direction in coordinates that grow downwards. */
function area(loop: Loop): number {
  return loop.reduce((sum, [x, y], i) => {
    const [u, v] = loop[(i + 1) % loop.length] ?? [0, 0];
    return sum + (x * v - u * y);
  }, 0);
}

const peak = map([
  [0, 0, 0],
  [0, 1, 0],
  [0, 0, 0],
]);

describe('contour', () => {
  it('goes around a peak, half way down its sides', () => {
    const [loop, ...others] = contour(peak, 0.5);
    expect(others).toEqual([]);
    expect(new Set(loop?.map(String))).toEqual(new Set(['1.5,1', '2,1.5', '1.5,2', '1,1.5']));
  });

  it('is nearer to the peak where its level is higher: the points lie where the linear slope has it', () => {
    const [loop] = contour(peak, 0.75);
    expect(new Set(loop?.map(String))).toEqual(new Set(['1.5,1.25', '1.75,1.5', '1.5,1.75', '1.25,1.5']));
  });

  it('keeps what is high on one side, whichever the case of a square', () => {
    for (let bits = 1; bits < 512; bits++) {
      const data = Float32Array.from({ length: 9 }, (_, i) => (bits >> i) & 1);
      const lines = contour({ width: 3, height: 3, data }, 0.5);
      // What is high has an area: outer lines add to it, and holes take from it.
      expect(lines.reduce((sum, loop) => sum + area(loop), 0)).toBeGreaterThan(0);
    }
  });

  it('has a hole where there is one', () => {
    const ring = map([
      [1, 1, 1],
      [1, 0, 1],
      [1, 1, 1],
    ]);
    const signs = contour(ring, 0.5).map((loop) => Math.sign(area(loop)));
    expect(signs.sort()).toEqual([-1, 1]);
  });

  it('is closed at the edge of the map and stays on it', () => {
    const full = map([
      [1, 1],
      [1, 1],
    ]);
    const lines = contour(full, 0.5);
    expect(lines).toHaveLength(1);
    const points = lines[0] ?? [];
    for (const [x, y] of points) expect([x === 0 || x === 2, y === 0 || y === 2]).toContain(true);
    // All four corners are reached: nothing of the map is left out.
    for (const corner of ['0,0', '2,0', '2,2', '0,2']) expect(points.map(String)).toContain(corner);
    expect(area(points)).toBeCloseTo(8, 12);
  });

  it('joins the high corners of a saddle where its middle is high, and parts them where it is low', () => {
    const saddle = map([
      [1, 0.4],
      [0.4, 1],
    ]);
    expect(contour(saddle, 0.6)).toHaveLength(1);
    expect(contour(saddle, 0.8)).toHaveLength(2);
  });

  it('is nothing above the highest value', () => {
    expect(contour(peak, 1.5)).toEqual([]);
  });
});

describe('pathOf', () => {
  it('moves and rounds points, and closes each line', () => {
    const line: Loop = [
      [0, 0],
      [1, 0],
      [1, 1 / 3],
    ];
    expect(pathOf([line], (x, y) => [10 + 3 * x, 2 * y])).toBe('M10 0L13 0L13 0.67Z');
    expect(pathOf([], (x, y) => [x, y])).toBe('');
  });
});
