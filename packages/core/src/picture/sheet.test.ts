import { describe, expect, it } from 'vitest';
import { explainedFigure } from './explained.js';
import { sheet, sheetSide } from './sheet.js';

const picture = (width: number, height: number) => ({ width, height, data: new Uint8Array(3 * width * height).fill(100) });
const cell = (caption?: string) => ({ image: picture(200, 150), ...(caption !== undefined && { caption }) });
const rows = (count: number, columns: number) =>
  Array.from({ length: count }, (_, index) => ({ title: `method ${index}`, cells: Array.from({ length: columns }, () => cell()) }));

/** No two pictures overlap, and all lie on the paper. */
function expectApart({ width, height, panels }: ReturnType<typeof sheet>): void {
  const outside = panels.filter(({ x, y, image }) => x < 0 || y < 0 || x + image.width > width || y + image.height > height);
  const overlapping = panels.filter(({ x, y, image }, index) =>
    panels.slice(index + 1).some((other) => {
      const beside = x + image.width <= other.x || other.x + other.image.width <= x;
      return !beside && y + image.height > other.y && other.y + other.image.height > y;
    }),
  );
  expect([outside, overlapping]).toEqual([[], []]);
}

describe('sheet', () => {
  it('is a table: rows and columns line up behind the headings', () => {
    const made = sheet({ columns: ['truck', 'airplane'], rows: rows(2, 2) });
    expectApart(made);
    const [a, b, c, d] = made.panels;
    // Titles of 14 px: margin 22, gap 17, band 19.
    expect([a?.y, c?.y]).toEqual([22 + 19, 22 + 19 + 150 + 17]);
    expect((b?.x ?? 0) - (a?.x ?? 0)).toBe(200 + 17);
    expect([c?.x, d?.x, d?.y]).toEqual([a?.x, b?.x, c?.y]);
    // Two headings of columns and two of rows.
    expect(made.svg.match(/<path fill=/g)).toHaveLength(4);
  });

  it.each([1, 2, 4, 20, 100])('of %i rows has no overlaps, and is no strip', (count) => {
    for (const columns of [1, 2, 8]) {
      const made = sheet({
        columns: Array.from({ length: columns }, () => 'class'),
        rows: rows(count, columns),
        head: { image: picture(200, 150), title: 'photo.jpg', lines: ['truck 72.5 %'] },
        colorBar: { colormap: 'jet' },
        footer: 'model',
      });
      expectApart(made);
      expect(made.panels).toHaveLength(count * columns + 1);
      expect(made.height / made.width).toBeLessThan(2.2);
    }
  });

  it('leaves places empty, and shows captions below their pictures', () => {
    const made = sheet({
      columns: ['', 'a'],
      rows: [
        { title: 'x', cells: [undefined, cell('72.5 %')] },
        { title: 'y', cells: [cell(), undefined] },
      ],
    });
    const [first, second] = made.panels;
    expect([first?.x, second?.x].map((x) => (x ?? 0) > 100)).toEqual([true, false]);
    // A caption of 11 px needs 18.
    expect((second?.y ?? 0) - (first?.y ?? 0)).toBe(150 + 18 + 17);
  });

  it('holds headings of any length, and leaves no trace of them in the markup', () => {
    const long = `</svg><script>${'W'.repeat(1e5)}`;
    const spec = { columns: [long], rows: [{ title: long, note: long, cells: [cell(long)] }], footer: long };
    const made = sheet({ ...spec, head: { image: picture(200, 150), title: long, lines: [long, long] } });
    expect(made.width).toBeLessThan(22 + 13 * 14 + 17 + 200 + 17 + 16 * 14 + 22 + 1);
    expect(made.svg).not.toContain('script');
    expect(made.svg.length).toBeLessThan(100_000);
  });

  it('of nothing is empty paper; of what is no picture an error', () => {
    expect(sheet({ columns: [], rows: [] }).panels).toEqual([]);
    const broken = { image: { ...picture(4, 4), width: 5 } };
    expect(() => sheet({ columns: ['a'], rows: [{ title: '', cells: [broken] }] })).toThrow(
      expect.objectContaining({ code: 'invalid-image' }),
    );
  });
});

describe('sheetSide', () => {
  it('shows fewer pictures larger', () => {
    expect([1, 23, 24, 60, 200, 600].map(sheetSide)).toEqual([320, 320, 316, 200, 128, 128]);
    expect(() => sheetSide(601)).toThrow(expect.objectContaining({ code: 'limit' }));
  });
});

describe('explainedFigure', () => {
  const overlays = (count: number) =>
    Array.from({ length: count }, () => ({ heatmap: { width: 1, height: 1, data: Float32Array.of(1) }, title: 'method' }));
  const place = { placement: { left: 0, top: 0, scaleX: 640, scaleY: 480 }, title: 'photo' };

  it.each([
    [1, 2, 640],
    [2, 3, 480],
    [3, 4, 480],
    [7, 4, 480],
    [20, 6, 320],
    [30, 7, 278],
  ])('of %i overlays has %i columns and panels of %i px', (count, columns, side) => {
    const { panels } = explainedFigure({ image: picture(640, 480), overlays: overlays(count), ...place });
    expect(panels).toHaveLength(count + 1);
    expect([new Set(panels.map(({ x }) => x)).size, panels[0]?.image.width]).toEqual([columns, side]);
  });
});
