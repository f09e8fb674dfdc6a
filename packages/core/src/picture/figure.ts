import { checkImage } from './check.js';
import { type ColorBar, colorBar } from './color-bar.js';
import { column, cumulate, type Metrics, metricsFor, minimumBar } from './figure-metrics.js';
import type { RgbImage } from './image.js';
import { type LegendEntry, legend } from './legend.js';
import { PANEL_SIDE, panelSize, type SideRange } from './panels.js';
import { BACKGROUND, frame, INK, QUIET, svg } from './paper.js';
import { resample } from './resample.js';
import { fitText, textPath } from './text.js';

export interface FigurePanel {
  readonly image: RgbImage;
  /** Above the panel; set smaller or cut where it does not fit. */
  readonly title?: string;
}

export interface FigureSpec {
  /** Panels from the top left; rows may be of different lengths. */
  readonly rows: readonly (readonly FigurePanel[])[];
  /** At the right; none if absent. */
  readonly colorBar?: ColorBar;
  /** What the colours mean, at the right; none if absent. */
  readonly legend?: readonly LegendEntry[];
  /** A line at the foot, e.g. the model and the layer. */
  readonly footer?: string;
  /** Limits of the longer side of a panel in px; default {@link PANEL_SIDE}. Pictures outside of them are resized. */
  readonly side?: SideRange;
}

export interface Figure {
  readonly width: number;
  readonly height: number;
  /** Colour of the paper, as CSS has it. */
  readonly background: string;
  /** Pictures with the place of their top left corner, in whole px. */
  readonly panels: readonly { readonly x: number; readonly y: number; readonly image: RgbImage }[];
  /** Everything else as a drawing of the figure's size, transparent elsewhere. It holds outlines only: no text, fonts or references. */
  readonly svg: string;
}

/** Panels whose picture is at least this many times as wide as high are stacked. */
const STACK_FROM = 3;

/** Panels side by side, or one below the other where their pictures are so wide that two in a row would be slivers. */
export function arrangePanels(panels: readonly FigurePanel[]): FigurePanel[][] {
  const stacked = panels.every(({ image }) => image.width >= STACK_FROM * image.height);
  return stacked ? panels.map((panel) => [panel]) : [[...panels]];
}

/**
 * Lays out a figure: titled panels in rows, a colour bar, a footer. The host draws `panels` on the background and then rasterises
 * `svg` over them (sharp in Node.js, a canvas in browsers).
 * @throws GradcamError `invalid-image` where a panel's picture is not one
 */
export function figure(spec: FigureSpec): Figure {
  const rows = spec.rows.map((row) => row.map((panel) => ({ title: panel.title ?? '', image: fitted(panel.image, spec.side) })));
  const all = rows.flat();
  const metrics = metricsFor(all.map(({ image }) => image));
  const { margin, gap } = metrics;

  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, j) => Math.max(metrics.minCell, ...column(rows, j).map(({ image }) => image.width)));
  const lefts = cumulate(widths, margin, gap);
  const titleBands = rows.map((row) => (row.some(({ title }) => title) ? metrics.titleBand : 0));
  const heights = rows.map((row, i) => (titleBands[i] ?? 0) + Math.max(1, ...row.map(({ image }) => image.height)));
  const tops = cumulate(heights, margin, gap);
  const right = (lefts.at(-1) ?? margin) + (widths.at(-1) ?? 0);
  const bottom = (tops.at(-1) ?? margin) + (heights.at(-1) ?? 0);

  const panels = rows.flatMap((row, i) =>
    row.map(({ image, title }, j) => ({ x: lefts[j] ?? 0, y: (tops[i] ?? 0) + (titleBands[i] ?? 0), room: widths[j] ?? 0, image, title })),
  );
  const drawing = panels.flatMap(({ x, y, room, image, title }) => [titlePath(title, x, y, room, metrics), frame(x, y, image)]);

  const barTop = margin + (titleBands[0] ?? 0);
  const barHeight = Math.max(minimumBar(metrics), Math.min(bottom - barTop, PANEL_SIDE[1]));
  const bar = spec.colorBar && colorBar(spec.colorBar, right + metrics.barGap, barTop, barHeight, metrics, { ink: INK, quiet: QUIET });
  if (bar) drawing.push(bar.svg);
  const key = legend(spec.legend ?? [], (bar?.right ?? right) + metrics.barGap, barTop, metrics, { ink: INK, quiet: QUIET });
  drawing.push(key.svg);
  const width = Math.ceil((spec.legend ? key.right : (bar?.right ?? right)) + margin);
  const content = Math.max(bottom, bar ? barTop + barHeight : 0, spec.legend ? key.bottom : 0);

  const footer = footerPath(spec.footer ?? '', margin, content + metrics.footerDrop, width - 2 * margin, metrics);
  drawing.push(footer);
  const height = Math.ceil(content + (footer ? metrics.footerDrop : 0) + margin);
  return {
    width,
    height,
    background: BACKGROUND,
    panels: panels.map(({ x, y, image }) => ({ x, y, image })),
    svg: svg(width, height, drawing),
  };
}

function fitted(image: RgbImage, side: SideRange = PANEL_SIDE): RgbImage {
  checkImage(image);
  const { width, height } = panelSize(image, side);
  return width === image.width && height === image.height ? image : resample(image, width, height, 'bicubic');
}

function titlePath(title: string, x: number, y: number, room: number, { titleSize, titleDrop }: Metrics): string {
  const { text, size } = fitText(title, { size: titleSize, weight: 'semibold' }, room, 0.8 * titleSize);
  return textPath(text, { x, y: y - titleDrop, size, weight: 'semibold', fill: INK });
}

function footerPath(footer: string, x: number, y: number, room: number, { footerSize }: Metrics): string {
  const { text, size } = fitText(footer, { size: footerSize }, room, 0.8 * footerSize);
  return textPath(text, { x, y, size, fill: QUIET });
}
