import type { Figure } from '../picture/figure.js';
import { measureText, textPath } from '../picture/text.js';
import type { Curve } from './metric.js';

/** A line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** Undefined where nothing could be measured: the legend says so. */
  readonly curve: Curve | undefined;
  /** The number behind the label: the area under the curve. */
  readonly value: string;
}

export interface ChartPanel {
  readonly title: string;
  /** Below the title: which way is good. */
  readonly note: string;
  /** Under the horizontal axis. */
  readonly axis: string;
  readonly lines: readonly ChartLine[];
}

const PLOT = { width: 380, height: 300, left: 44, right: 24, top: 58 } as const;
const LEGEND = { row: 20, gap: 56, swatch: 26 } as const;
const MARGIN = 16;
const INK = '#111827';
const QUIET = '#6b7280';
const GRID = '#e5e7eb';
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Colours that people with any vision tell apart (Okabe and Ito 2008, without yellow). */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];
/** Once the colours are used up, the next line of each is dashed. */
const DASHES = ['', '6 3', '2 3', '9 3 2 3'];

/** Curves of probabilities over shares, panel beside panel, each with a legend below: a figure without pictures, in outlines only. */
export function curvesChart(panels: readonly ChartPanel[], footer: string): Figure {
  const rows = Math.max(0, ...panels.map(({ lines }) => lines.length));
  const width = 2 * MARGIN + panels.length * (PLOT.left + PLOT.width + PLOT.right);
  const height = MARGIN + PLOT.top + PLOT.height + LEGEND.gap + rows * LEGEND.row + 30;
  const drawing = panels.map((panel, index) => drawPanel(panel, MARGIN + index * (PLOT.left + PLOT.width + PLOT.right) + PLOT.left));
  drawing.push(textPath(footer, { x: MARGIN + PLOT.left, y: height - 14, size: 12, fill: QUIET }));
  const background = '#ffffff';
  return {
    width,
    height,
    background,
    panels: [],
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="${background}"/>${drawing.join('')}</svg>`,
  };
}

function drawPanel({ title, note, axis, lines }: ChartPanel, left: number): string {
  const top = MARGIN + PLOT.top;
  const bottom = top + PLOT.height;
  const x = (share: number) => round(left + share * PLOT.width);
  const y = (score: number) => round(bottom - score * PLOT.height);
  const parts = [
    textPath(title, { x: left, y: top - 32, size: 16, weight: 'semibold', fill: INK }),
    textPath(note, { x: left, y: top - 13, size: 12, fill: QUIET }),
    textPath(axis, { x: left + PLOT.width / 2, y: bottom + 36, size: 12, fill: QUIET, anchor: 'middle' }),
  ];
  for (const tick of TICKS) {
    parts.push(`<path d="M${x(0)} ${y(tick)}H${x(1)}M${x(tick)} ${y(0)}V${y(1)}" stroke="${GRID}"/>`);
    parts.push(textPath(String(tick), { x: left - 8, y: y(tick) + 4, size: 11, fill: QUIET, anchor: 'end' }));
    parts.push(textPath(percent(tick), { x: x(tick), y: bottom + 17, size: 11, fill: QUIET, anchor: 'middle' }));
  }
  for (const [index, { label, value, curve }] of lines.entries()) {
    const stroke = strokeOf(index);
    if (curve !== undefined)
      parts.push(`<path d="${pathOf(curve, x, y)}" fill="none" stroke-width="1.8" stroke-linejoin="round" ${stroke}/>`);
    const row = bottom + LEGEND.gap + index * LEGEND.row;
    parts.push(`<path d="M${left} ${row}h${LEGEND.swatch}" fill="none" stroke-width="2.4" ${stroke}/>`);
    parts.push(textPath(label, { x: left + LEGEND.swatch + 8, y: row + 4, size: 12, fill: INK }));
    parts.push(textPath(value, { x: left + PLOT.width - measureText(value, { size: 12 }), y: row + 4, size: 12, fill: INK }));
  }
  return parts.join('');
}

function pathOf({ shares, scores }: Curve, x: (share: number) => number, y: (score: number) => number): string {
  return Array.from(shares, (share, index) => `${index === 0 ? 'M' : 'L'}${x(share)} ${y(scores[index] as number)}`).join('');
}

function strokeOf(index: number): string {
  const dash = DASHES[Math.floor(index / COLORS.length) % DASHES.length];
  return `stroke="${COLORS[index % COLORS.length]}"${dash ? ` stroke-dasharray="${dash}"` : ''}`;
}

const percent = (value: number): string => `${100 * value} %`;
const round = (value: number): number => Math.round(value * 100) / 100;
