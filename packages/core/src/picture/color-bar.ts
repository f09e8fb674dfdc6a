import { type ColormapName, colormap } from './colormap.js';
import type { Metrics } from './figure-metrics.js';
import { measureText, textPath } from './text.js';

export interface ColorBar {
  readonly colormap: ColormapName;
  /** What the colours mean, set upwards beside the bar; default `relative importance`, '' for none. */
  readonly caption?: string;
}

const TICKS: readonly (readonly [value: number, label: string])[] = [
  [0, '0'],
  [0.5, '0.5'],
  [1, '1'],
];

/** Every fifth of 256 entries: linear between them is within a level or two of the table, in a tenth of the markup. */
const STOP_EVERY = 5;

/** The bar from 0 at its foot to 1 at its top, with ticks and caption; `right` is where its drawing ends. */
export function colorBar(bar: ColorBar, x: number, y: number, height: number, metrics: Metrics, colors: { ink: string; quiet: string }) {
  const { barWidth, tickSize } = metrics;
  const parts = [
    `<defs><linearGradient id="bar" x1="0" y1="1" x2="0" y2="0">${stops(bar.colormap)}</linearGradient></defs>`,
    `<rect x="${x}" y="${y}" width="${barWidth}" height="${height}" fill="url(#bar)"/>`,
    `<rect x="${x + 0.5}" y="${y + 0.5}" width="${barWidth - 1}" height="${height - 1}" fill="none" stroke="#000" stroke-opacity="0.14"/>`,
  ];
  const tickLength = Math.round(0.3 * tickSize);
  const labelX = x + barWidth + tickLength + 0.35 * tickSize;
  for (const [value, label] of TICKS) {
    // On the middle of a pixel row: a line of 1 px is sharp there.
    const at = Math.round(y + (1 - value) * (height - 1)) + 0.5;
    parts.push(`<path d="M${x + barWidth} ${at}h${tickLength}" stroke="${colors.quiet}"/>`);
    parts.push(textPath(label, { x: labelX, y: at + 0.365 * tickSize, size: tickSize, fill: colors.ink }));
  }
  const labelsRight = labelX + Math.max(...TICKS.map(([, label]) => measureText(label, { size: tickSize })));
  const caption = bar.caption ?? 'relative importance';
  // A caption that is cut says nothing: beside a short bar there is none.
  if (!caption || measureText(caption, { size: tickSize }) > height) return { svg: parts.join(''), right: labelsRight };
  const baseline = labelsRight + 1.4 * tickSize;
  parts.push(textPath(caption, { x: baseline, y: y + height / 2, size: tickSize, anchor: 'middle', rotate: -90, fill: colors.quiet }));
  return { svg: parts.join(''), right: baseline + 0.25 * tickSize };
}

function stops(name: ColormapName): string {
  const table = colormap(name);
  let text = '';
  for (let i = 0; i < 256; i += STOP_EVERY) {
    text += `<stop offset="${(i / 255).toFixed(4)}" stop-color="rgb(${table.subarray(3 * i, 3 * i + 3).join(',')})"/>`;
  }
  return text;
}
