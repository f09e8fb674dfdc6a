import { describe, expect, test } from 'vitest';
import { arrangePanels, figure } from './figure.js';
import { explainedPanels, panelSize } from './panels.js';

const picture = (width: number, height: number) => ({ width, height, data: new Uint8Array(3 * width * height).fill(100) });

describe('panelSize', () => {
  test.each([
    [1280, 720, 720, 405],
    [32, 32, 320, 320],
    [500, 400, 500, 400],
    [3000, 2, 720, 1],
  ])('%i × %i is shown as %i × %i', (width, height, shownWidth, shownHeight) => {
    expect(panelSize({ width, height })).toEqual({ width: shownWidth, height: shownHeight });
  });
});

describe('figure', () => {
  const pair = [
    { image: picture(640, 480), title: 'photo.jpg' },
    { image: picture(640, 480), title: 'Grad-CAM: Egyptian cat 95.6 %' },
  ];

  test('two panels, bar and footer: nothing overlaps, all lies inside', () => {
    const { width, height, panels, svg } = figure({ rows: [pair], colorBar: { colormap: 'jet' }, footer: 'ResNet-18' });
    const [a, b] = panels;
    // Longer side 640: titles of 19 px, margin 1.6 em, gap 1.2 em, title band 1.35 em.
    expect(a).toMatchObject({ x: 30, y: 56 });
    expect(b).toMatchObject({ x: 30 + 640 + 23, y: 56 });
    expect(width).toBeGreaterThan(30 + 2 * 640 + 23 + 30);
    expect(height).toBeGreaterThan(56 + 480 + 30);
    // The bar is as high as the panels and starts with them.
    expect(svg).toContain('y="56" width="15" height="480" fill="url(#bar)"');
    // Two titles, three tick labels, caption, footer; three ticks are strokes.
    expect(svg.match(/<path fill=/g)).toHaveLength(7);
    expect(svg.match(/<path d=/g)).toHaveLength(3);
    expect(svg).not.toContain('<text');
  });

  test('without bar, titles and footer only the margin is left around a panel', () => {
    const { width, height, panels } = figure({ rows: [[{ image: picture(400, 300) }]] });
    expect({ width, height }).toEqual({ width: 400 + 2 * 22, height: 300 + 2 * 22 });
    expect(panels.map(({ x, y }) => [x, y])).toEqual([[22, 22]]);
  });

  test('rows and columns line up, rows of different lengths too', () => {
    const side = [100, 100] as const;
    const rows = [[1, 2, 3], [1, 2], [1]].map((row) => row.map(() => ({ image: picture(100, 60), title: 'x' })));
    const { panels } = figure({ rows, side });
    expect(new Set(panels.map(({ x }) => x)).size).toBe(3);
    expect(new Set(panels.map(({ y }) => y)).size).toBe(3);
  });

  test('pictures outside of the range are resized', () => {
    const [panel] = figure({ rows: [[{ image: picture(32, 16) }]] }).panels;
    expect(panel?.image).toMatchObject({ width: 320, height: 160 });
  });

  test('hostile titles stay within their column and leave no trace in the markup', () => {
    const title = `</svg><script>alert(1)</script>${'\u0000'.repeat(50)}${'W'.repeat(1e5)}`;
    const plain = figure({ rows: [[{ image: picture(640, 480), title: 'W' }]] });
    const hostile = figure({ rows: [[{ image: picture(640, 480), title }]], footer: title });
    expect(hostile.width).toBe(plain.width);
    expect(hostile.svg).not.toContain('script');
    expect(hostile.svg.length).toBeLessThan(60_000);
  });

  test('a bar beside slivers is still long enough for its ticks, and the figure holds it', () => {
    const { svg, height } = figure({ rows: [[{ image: picture(720, 4) }]], colorBar: { colormap: 'viridis' } });
    const bar = Number(/height="(\d+)" fill="url\(#bar\)"/.exec(svg)?.[1]);
    expect(bar).toBe(100);
    expect(height).toBe(32 + bar + 32);
  });

  test('refuses a panel that is not a picture; no panels are an empty sheet', () => {
    expect(() => figure({ rows: [[{ image: { ...picture(4, 4), width: 5 } }]] })).toThrow(
      expect.objectContaining({ code: 'invalid-image' }),
    );
    expect(figure({ rows: [] }).panels).toEqual([]);
  });
});

test('arrangePanels: side by side, but wide pictures one below the other', () => {
  const rows = (width: number, height: number) =>
    arrangePanels([{ image: picture(width, height) }, { image: picture(width, height) }]).length;
  expect([rows(640, 480), rows(100, 400), rows(600, 200), rows(900, 100)]).toEqual([1, 1, 2, 2]);
});

test('explainedPanels: photo and overlay at the panel\u2019s size, the crop shaded', () => {
  const heatmap = { width: 2, height: 2, data: Float32Array.of(1, 1, 1, 1) };
  const { photo, overlay } = explainedPanels(picture(64, 32), heatmap, { left: 16, top: 0, scaleX: 16, scaleY: 16 });
  expect([photo.width, photo.height, overlay.width, overlay.height]).toEqual([320, 160, 320, 160]);
  const pixel = (x: number) => [...overlay.data.subarray(3 * x, 3 * x + 3)];
  // (100 + jet(1)) / 2 inside; 0.35 · 100 outside.
  expect([pixel(79), pixel(80), pixel(239), pixel(240)]).toEqual([
    [35, 35, 35],
    [114, 50, 50],
    [114, 50, 50],
    [35, 35, 35],
  ]);
});
