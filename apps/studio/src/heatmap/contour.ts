import type { Heatmap } from '@gradcam/core';

/** A closed line of points; the first is not repeated. */
export type Loop = readonly (readonly [x: number, y: number])[];

/** A crossing of the level with an edge of the grid. */
interface Crossing {
  readonly key: number;
  readonly x: number;
  readonly y: number;
}

/** Rows and columns that the grid has beyond the map, at each side. */
const BORDER = 2;

/**
 * The lines on which a heatmap has a given value, by marching squares with linear interpolation. Higher values lie to the right of a line's direction.
 * Beyond its outermost centres the map goes on as it is, as it is drawn; at its edge it falls to below every level, so that each line is closed.
 *
 * @param level above 0
 * @returns loops in the map's own continuous coordinates, 0 … width and 0 … height (position i has its centre at i + ½)
 */
export function contour({ width, height, data }: Heatmap, level: number): Loop[] {
  // The inner column of the border lies on the map's edge and repeats its values; the outer one, which is below the level, lies there, too.
  const columns = width + 2 * BORDER;
  const rows = height + 2 * BORDER;
  const clamp = (i: number, length: number) => Math.min(Math.max(i - BORDER, 0), length - 1);
  const at = (i: number, j: number) => {
    const isOuter = i === 0 || j === 0 || i === columns - 1 || j === rows - 1;
    return isOuter ? level - 1 : (data[clamp(j, height) * width + clamp(i, width)] ?? 0);
  };
  const x = (i: number) => Math.min(Math.max(i - BORDER + 0.5, 0), width);
  const y = (j: number) => Math.min(Math.max(j - BORDER + 0.5, 0), height);
  const share = (from: number, to: number) => (level - from) / (to - from);
  const across = (i: number, j: number): Crossing => {
    const t = share(at(i, j), at(i + 1, j));
    return { key: 2 * (j * columns + i), x: x(i) + t * (x(i + 1) - x(i)), y: y(j) };
  };
  const down = (i: number, j: number): Crossing => {
    const t = share(at(i, j), at(i, j + 1));
    return { key: 2 * (j * columns + i) + 1, x: x(i), y: y(j) + t * (y(j + 1) - y(j)) };
  };

  // Where each line goes on from a crossing.
  const next = new Map<number, { readonly from: Crossing; readonly to: number }>();
  const line = (from: Crossing, to: Crossing) => next.set(from.key, { from, to: to.key });
  for (let j = 0; j < rows - 1; j++) {
    for (let i = 0; i < columns - 1; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)] as const;
      const high = corners.map((value) => value >= level);
      const [a, b, c, d] = high;
      if (a === b && b === c && c === d) continue;
      const [top, right, bottom, left] = [() => across(i, j), () => down(i + 1, j), () => across(i, j + 1), () => down(i, j)];
      const kind = (a ? 8 : 0) + (b ? 4 : 0) + (c ? 2 : 0) + (d ? 1 : 0);
      // Of a saddle the mean of its corners says whether the high ones are joined.
      const joined = (corners[0] + corners[1] + corners[2] + corners[3]) / 4 >= level;
      switch (kind) {
        case 8:
          line(top(), left());
          break;
        case 4:
          line(right(), top());
          break;
        case 2:
          line(bottom(), right());
          break;
        case 1:
          line(left(), bottom());
          break;
        case 12:
          line(right(), left());
          break;
        case 6:
          line(bottom(), top());
          break;
        case 3:
          line(left(), right());
          break;
        case 9:
          line(top(), bottom());
          break;
        case 7:
          line(left(), top());
          break;
        case 11:
          line(top(), right());
          break;
        case 13:
          line(right(), bottom());
          break;
        case 14:
          line(bottom(), left());
          break;
        case 10:
          line(top(), joined ? right() : left());
          line(bottom(), joined ? left() : right());
          break;
        default:
          line(right(), joined ? bottom() : top());
          line(left(), joined ? top() : bottom());
      }
    }
  }
  return loops(next);
}

function loops(next: Map<number, { readonly from: Crossing; readonly to: number }>): Loop[] {
  const found: Loop[] = [];
  for (const start of next.keys()) {
    const loop: (readonly [number, number])[] = [];
    for (let step = next.get(start), key = start; step !== undefined; key = step.to, step = next.get(key)) {
      loop.push([step.from.x, step.from.y]);
      next.delete(key);
    }
    if (loop.length > 2) found.push(loop);
  }
  return found;
}

/** Loops as the `d` of an SVG path, each point moved to where it lies on the picture. */
export function pathOf(lines: readonly Loop[], move: (x: number, y: number) => readonly [number, number]): string {
  const number = (value: number) => String(Math.round(100 * value) / 100);
  return lines.map((line) => `M${line.map(([x, y]) => move(x, y).map(number).join(' ')).join('L')}Z`).join('');
}
