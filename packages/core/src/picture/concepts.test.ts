import { describe, expect, it } from 'vitest';
import { conceptOverlay, conceptsFigure, MAX_CONCEPT_COLORS } from './concepts.js';
import type { Heatmap } from './image.js';

const picture = (width: number, height: number, level = 255) => ({ width, height, data: new Uint8Array(3 * width * height).fill(level) });
const heatmap = (...values: number[]): Heatmap => ({ width: values.length, height: 1, data: Float32Array.from(values) });
const whole = { placement: { left: 0, top: 0, scaleX: 1, scaleY: 1 }, input: { width: 4, height: 1 } };

describe('conceptOverlay', () => {
  it('blends the colours of concepts by their strengths over grey', () => {
    const maps = [heatmap(1, 0.5, 0.25, 0), heatmap(0, 0.5, 0, 0)];
    const { data } = conceptOverlay({ image: picture(4, 1), ...whole, maps });
    const pixel = (x: number) => [...data.subarray(3 * x, 3 * x + 3)];
    // 0.2 · 255 + 0.8 · (0, 114, 178) where the first is strongest.
    expect(pixel(0)).toEqual([51, 142, 193]);
    // Opacity 0.8 · √0.5 of the mean of (0, 114, 178) and (230, 159, 0).
    const opacity = 0.8 * Math.SQRT1_2;
    expect(pixel(1)).toEqual([115, 136.5, 89].map((mixed) => Math.round((1 - opacity) * 255 + opacity * mixed)));
    // √0.25 of the first alone.
    expect(pixel(2)).toEqual([0, 114, 178].map((color) => Math.round(0.6 * 255 + 0.4 * color)));
    expect(pixel(3)).toEqual([255, 255, 255]);
  });

  it('shades what the network did not see, and makes black lighter, so that colours show', () => {
    const placement = { left: 2, top: 0, scaleX: 0.5, scaleY: 1 };
    const { data } = conceptOverlay({ image: picture(4, 1, 0), ...whole, placement, maps: [heatmap(0)] });
    expect([...data]).toEqual([0, 0, 0, 0, 0, 0, 70, 70, 70, 70, 70, 70]);
  });

  it('has no more colours than can be told apart', () => {
    const maps = Array.from({ length: MAX_CONCEPT_COLORS + 1 }, () => heatmap(1));
    expect(() => conceptOverlay({ image: picture(4, 1), ...whole, maps })).toThrow(expect.objectContaining({ code: 'limit' }));
  });
});

describe('conceptsFigure', () => {
  const one = { image: picture(400, 300), ...whole, maps: [heatmap(1), heatmap(0)], title: 'photo' };
  const words = [{ title: 'Concept 1: truck 98.3 %', note: 'automobile 1.6 %' }, { title: 'Concept 2: airplane 71.4 %' }];

  it('has a row for each picture, and one legend beside them', () => {
    const { panels, svg, width, height } = conceptsFigure([one, one], words);
    expect(panels.map(({ x, y, image }) => [x, y, image.width, image.height])).toEqual([
      [22, 41, 400, 300],
      [439, 41, 400, 300],
      [22, 377, 400, 300],
      [439, 377, 400, 300],
    ]);
    expect(svg.match(/<rect x="853" y="(\d+)" width="15" height="15"/g)).toHaveLength(2);
    expect(svg).toContain('fill="rgb(0,114,178)"');
    expect(width).toBeLessThan(853 + 15 + 8 + 19 * 14 + 23);
    expect(height).toBe(377 + 300 + 22);
  });

  it('is high enough for a legend longer than its pictures, and as wide for titles of any length', () => {
    const many = Array.from({ length: 8 }, (_, index) => ({ title: `Concept ${index}: ${'W'.repeat(1000)}`, note: 'x'.repeat(1000) }));
    const wide = { ...one, image: picture(480, 20), maps: [heatmap(1)] };
    const { height, width } = conceptsFigure([wide], many);
    // Eight entries of two lines: 2 + 1.4 · 0.79 ems each.
    expect(height).toBeGreaterThan(8 * 40);
    expect(width).toBeLessThanOrEqual(Math.ceil(22 + 480 + 17 + 480 + 14 + 23 + 19 * 14 + 22));
  });
});
