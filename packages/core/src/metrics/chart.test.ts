import { describe, expect, it } from 'vitest';
import { curvesChart } from './chart.js';

const line = (label: string, scores: readonly number[]) => ({
  label,
  value: '0.5',
  curve: { shares: Float64Array.from(scores, (_, at) => at / (scores.length - 1)), scores: Float64Array.from(scores) },
});
const panel = (count: number) => ({
  title: 'Deletion',
  note: 'lower is better',
  axis: 'pixels removed',
  lines: Array.from({ length: count }, (_, at) => line(`method ${at}`, [1, at / count, 0])),
});
/** Coordinates of the curves: lines of one width. */
const curves = (svg: string) => [...svg.matchAll(/<path d="([^"]+)" fill="none" stroke-width="1.8"[^>]*stroke="(#\w+)"([^>]*)\/>/g)];

describe('a chart of curves', () => {
  it('draws each curve between the corners of its panel', () => {
    const { svg, width, height, panels } = curvesChart([panel(1), panel(2)], 'model');
    expect(panels).toEqual([]);
    const points = curves(svg).map(([, path = '']) =>
      path
        .split(/[ML]/)
        .slice(1)
        .map((point) => point.split(' ').map(Number)),
    );
    expect(points).toHaveLength(3);
    const [[from = [], middle = [], to = []] = []] = points;
    // From the upper left corner to the lower right one, 380 × 300 px; the first curve has 0 in the middle.
    expect([(to[0] ?? 0) - (from[0] ?? 0), (to[1] ?? 0) - (from[1] ?? 0)]).toEqual([380, 300]);
    expect(middle).toEqual([(from[0] ?? 0) + 190, to[1]]);
    for (const [x = -1, y = -1] of points.flat()) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(height);
    }
  });

  it('no two of 28 curves look the same; what was not measured has a legend and no curve', () => {
    const { svg } = curvesChart([{ ...panel(28), lines: [...panel(28).lines, { label: 'none', value: '-', curve: undefined }] }], '');
    const looks = curves(svg).map(([, , color, dash]) => `${color}${dash}`);
    expect(looks).toHaveLength(28);
    expect(new Set(looks).size).toBe(28);
    expect(svg.match(/stroke-width="2\.4"/g)).toHaveLength(29);
  });
});
