import type { Metrics } from './figure-metrics.js';
import { fitText, measureText, textPath } from './text.js';

/** A colour of a figure, and what it means. */
export interface LegendEntry {
  /** As CSS has it. */
  readonly color: string;
  readonly title: string;
  /** Below the title, set smaller. */
  readonly note?: string;
}

/** The widest that a legend may become, in ems of the titles; longer texts are set smaller or cut. */
const MAX_WIDTH = 19;

/** Squares of colour below each other, each with its texts; `right` and `bottom` are where the drawing ends. */
export function legend(entries: readonly LegendEntry[], x: number, y: number, metrics: Metrics, colors: { ink: string; quiet: string }) {
  const { titleSize, footerSize } = metrics;
  const swatch = Math.round(1.1 * titleSize);
  const left = x + swatch + Math.round(0.6 * titleSize);
  const room = MAX_WIDTH * titleSize;
  const parts: string[] = [];
  let [top, right] = [y, left];
  const line = (text: string, baseline: number, size: number, weight: 'regular' | 'semibold', fill: string) => {
    const fitted = fitText(text, { size, weight }, room, 0.8 * size);
    parts.push(textPath(fitted.text, { x: left, y: baseline, size: fitted.size, weight, fill }));
    right = Math.max(right, left + measureText(fitted.text, { size: fitted.size, weight }));
  };
  for (const { color, title, note = '' } of entries) {
    parts.push(`<rect x="${x}" y="${top}" width="${swatch}" height="${swatch}" rx="2" fill="${color}"/>`);
    line(title, top + 0.9 * titleSize, titleSize, 'semibold', colors.ink);
    if (note) line(note, top + titleSize + 1.3 * footerSize, footerSize, 'regular', colors.quiet);
    top += Math.round((note ? 1.4 : 0) * footerSize + 2 * titleSize);
  }
  return { svg: parts.join(''), right, bottom: top };
}
