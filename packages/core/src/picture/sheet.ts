import { GradcamError } from '../errors.js';
import { checkImage } from './check.js';
import { type ColorBar, colorBar } from './color-bar.js';
import type { Figure } from './figure.js';
import { cumulate, type Metrics, metricsFor, minimumBar } from './figure-metrics.js';
import type { RgbImage } from './image.js';
import { BACKGROUND, frame, INK, QUIET, svg } from './paper.js';
import { type FontWeight, fitText, measureText, textPath } from './text.js';

export interface SheetCell {
  readonly image: RgbImage;
  /** Below the picture. */
  readonly caption?: string;
}

export interface SheetRow {
  /** At the left, with a note below; set smaller or cut where they do not fit. */
  readonly title: string;
  readonly note?: string;
  /** From the left; where one is undefined, its place stays empty. */
  readonly cells: readonly (SheetCell | undefined)[];
}

/** A contact sheet: a table of pictures. */
export interface SheetSpec {
  /** Headings of the columns. */
  readonly columns: readonly string[];
  readonly rows: readonly SheetRow[];
  /** Above the table: a picture, with a title and lines of text beside it. */
  readonly head?: { readonly image: RgbImage; readonly title: string; readonly lines: readonly string[] };
  /** At the right; none if absent. */
  readonly colorBar?: ColorBar;
  /** A line at the foot. */
  readonly footer?: string;
}

/** Pictures of a sheet at most; more would be too many to compare. */
export const MAX_SHEET_PICTURES = 600;

/** Area of all pictures of a sheet together, in px: what a large screen shows. */
const PICTURES_AREA = 2_400_000;
const MIN_SIDE = 128;
const MAX_SIDE = 320;

/**
 * The longer side of each of so many pictures of a sheet, in px.
 *
 * @throws GradcamError `limit` for more than {@link MAX_SHEET_PICTURES}
 */
export function sheetSide(pictures: number): number {
  if (pictures > MAX_SHEET_PICTURES)
    throw new GradcamError(
      'limit',
      `a contact sheet shows at most ${MAX_SHEET_PICTURES} pictures, but it would have ${pictures}; ask for fewer images, methods or classes`,
    );
  return Math.min(Math.max(Math.round(Math.sqrt(PICTURES_AREA / pictures)), MIN_SIDE), MAX_SIDE);
}

/** A sheet that is higher than this many times its width is cut into blocks of rows, which stand side by side. */
const MAX_ASPECT = 1.6;

/** Widest column of row headings, and narrowest column of pictures, in ems of the headings. */
const MAX_HEADING = 13;
const MIN_CELL = 7;

/** Lengths of a table, in px. */
interface Grid {
  readonly metrics: Metrics;
  /** Room for the headings of rows, with the gap behind it. */
  readonly heading: number;
  readonly cell: number;
  /** Of each row, with its caption. */
  readonly heights: readonly number[];
  /** Of a block of rows. */
  readonly width: number;
}

/**
 * Lays out a contact sheet. Pictures are shown in the size that they have: `sheetSide` tells which suits.
 *
 * @throws GradcamError `invalid-image` where a picture is not one
 */
export function sheet(spec: SheetSpec): Figure {
  const grid = measure(spec);
  const { metrics } = grid;
  const { margin, gap } = metrics;
  const drawing: string[] = [];
  const panels: { x: number; y: number; image: RgbImage }[] = [];
  const place = (image: RgbImage, x: number, y: number) => {
    panels.push({ x, y, image });
    drawing.push(frame(x, y, image));
  };

  const { blocks, levels } = cut(spec.rows, grid);
  const blockLefts = cumulate(
    blocks.map(() => grid.width),
    margin,
    2 * gap,
  );
  const tableRight = (blockLefts.at(-1) ?? margin) + grid.width;
  let top = margin;
  let right = tableRight;
  if (spec.head !== undefined) {
    const { image, title, lines } = spec.head;
    const left = margin + grid.heading;
    place(image, left, top);
    const x = left + grid.cell + gap;
    const room = Math.max(tableRight - x, MIN_HEAD_TEXT * metrics.titleSize);
    const texts = headTexts(title, lines, x, top, room, metrics);
    drawing.push(...texts.paths);
    right = Math.max(right, texts.right);
    top += Math.max(image.height, texts.height) + 2 * gap;
  }

  const titles = spec.columns.some((title) => title !== '') ? metrics.titleBand : 0;
  const barTop = top + titles;
  let bottom = barTop;
  const tops = cumulate(levels, barTop, gap);
  for (const [index, rows] of blocks.entries()) {
    const left = blockLefts[index] ?? margin;
    const lefts = cumulate(
      spec.columns.map(() => grid.cell),
      left + grid.heading,
      gap,
    );
    for (const [column, title] of spec.columns.entries())
      drawing.push(line(title, lefts[column] ?? 0, barTop - metrics.titleDrop, grid.cell, metrics.titleSize, 'semibold', INK));
    for (const [which, row] of rows.entries()) {
      const y = tops[which] ?? 0;
      const picture = Math.max(1, ...row.cells.map((cell) => cell?.image.height ?? 0));
      drawing.push(...rowHeading(row, left, y + picture / 2, grid.heading - gap, metrics));
      for (const [column, cell] of row.cells.entries()) {
        if (cell === undefined) continue;
        const x = lefts[column] ?? 0;
        place(cell.image, x, y);
        drawing.push(
          line(cell.caption ?? '', x, y + cell.image.height + 1.25 * metrics.footerSize, grid.cell, metrics.footerSize, 'regular', QUIET),
        );
      }
      bottom = Math.max(bottom, y + (levels[which] ?? 0));
    }
  }

  const barHeight = Math.max(minimumBar(metrics), Math.min(bottom - barTop, MAX_BAR));
  const bar = spec.colorBar && colorBar(spec.colorBar, tableRight + metrics.barGap, barTop, barHeight, metrics, { ink: INK, quiet: QUIET });
  if (bar) drawing.push(bar.svg);
  const width = Math.ceil(Math.max(right, bar?.right ?? 0) + margin);
  const content = Math.max(bottom, bar ? barTop + barHeight : 0);
  const footer = line(spec.footer ?? '', margin, content + metrics.footerDrop, width - 2 * margin, metrics.footerSize, 'regular', QUIET);
  drawing.push(footer);
  const height = Math.ceil(content + (footer ? metrics.footerDrop : 0) + margin);
  return { width, height, background: BACKGROUND, panels, svg: svg(width, height, drawing) };
}

/** A longer colour bar says no more. */
const MAX_BAR = 480;

/** Room for the texts beside the picture above the table, in ems, where the table is narrow. */
const MIN_HEAD_TEXT = 16;

function measure({ columns, rows }: SheetSpec): Grid {
  const cells = rows.flatMap((row) => row.cells.filter((cell) => cell !== undefined));
  for (const { image } of cells) checkImage(image);
  const metrics = metricsFor(cells.map(({ image }) => image));
  const { titleSize, footerSize, gap } = metrics;
  const texts = rows.flatMap(({ title, note = '' }) => [
    measureText(title, { size: titleSize, weight: 'semibold' }),
    measureText(note, { size: footerSize }),
  ]);
  const widest = Math.min(Math.ceil(Math.max(0, ...texts)), MAX_HEADING * titleSize);
  const heading = widest > 0 ? widest + gap : 0;
  const cell = Math.max(MIN_CELL * titleSize, ...cells.map(({ image }) => image.width));
  const heights = rows.map((row) => {
    const caption = row.cells.some((one) => one?.caption) ? Math.round(1.6 * footerSize) : 0;
    return Math.max(2 * titleSize, ...row.cells.map((one) => one?.image.height ?? 0)) + caption;
  });
  return { metrics, heading, cell, heights, width: heading + columns.length * (cell + gap) - gap };
}

/** The rows in as few blocks side by side as make a sheet that is not too high; rows that stand side by side are of one height. */
function cut(rows: readonly SheetRow[], { metrics: { gap }, heights, width }: Grid) {
  for (let count = 1; ; count++) {
    const length = Math.ceil(rows.length / count);
    const starts = Array.from({ length: count }, (_, block) => block * length).filter((start) => start < rows.length);
    const levels = Array.from({ length }, (_, level) => Math.max(...starts.map((start) => heights[start + level] ?? 0)));
    const height = levels.reduce((sum, level) => sum + level + gap, 0);
    if (length <= 1 || height <= MAX_ASPECT * starts.length * (width + 2 * gap))
      return { blocks: starts.map((start) => rows.slice(start, start + length)), levels };
  }
}

/** Title and note at the left of a row, around its middle. */
function rowHeading({ title, note = '' }: SheetRow, x: number, middle: number, room: number, { titleSize, footerSize }: Metrics): string[] {
  const baseline = middle + (note ? -0.1 : 0.36) * titleSize;
  return [
    line(title, x, baseline, room, titleSize, 'semibold', INK),
    line(note, x, baseline + 1.45 * footerSize, room, footerSize, 'regular', QUIET),
  ];
}

function headTexts(title: string, lines: readonly string[], x: number, y: number, room: number, { titleSize }: Metrics) {
  const size = 1.25 * titleSize;
  const step = Math.round(1.5 * titleSize);
  const first = Math.round(y + size);
  const paths = [line(title, x, first, room, size, 'semibold', INK)];
  for (const [index, text] of lines.entries())
    paths.push(line(text, x, first + (index + 1) * step + titleSize / 2, room, titleSize, 'regular', INK));
  const widths = [measureText(title, { size, weight: 'semibold' }), ...lines.map((text) => measureText(text, { size: titleSize }))];
  return { paths, right: x + Math.min(room, Math.max(...widths)), height: size + (lines.length + 1) * step };
}

/** A line of text that fits into a width. */
function line(text: string, x: number, y: number, room: number, size: number, weight: FontWeight, fill: string): string {
  const fitted = fitText(text, { size, weight }, room, 0.8 * size);
  return textPath(fitted.text, { x, y, size: fitted.size, weight, fill });
}
