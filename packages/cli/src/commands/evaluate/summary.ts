import { type Curve, type Estimate, type Evaluation, estimate, findMetric, type Measurement, randomFrom } from '@gradcam/core';
import type { Item } from './items.js';

/** What was measured of one image. */
export interface Measured {
  readonly item: Item;
  readonly class: Evaluation['class'];
  readonly methods: readonly { readonly method: string; readonly measurements: readonly Measurement[] }[];
}

/** One metric of one method, over all images. */
export interface Cell {
  readonly method: string;
  readonly metric: string;
  /** Undefined where it could be measured on no image. */
  readonly estimate: Estimate | undefined;
  /** Why not, and on how many images. */
  readonly missing: ReadonlyMap<string, number>;
  /** The mean of the curves. */
  readonly curve: Curve | undefined;
}

/** Means with confidence intervals: method by method, metric by metric. */
export function summarize(images: readonly Measured[], seed: number): Cell[] {
  const [first] = images;
  return (first?.methods ?? []).flatMap(({ method, measurements }, which) =>
    measurements.map(({ metric }, index) => {
      const all = images.flatMap(({ methods }) => methods[which]?.measurements[index] ?? []);
      const values = all.flatMap(({ value }) => value ?? []);
      const missing = new Map<string, number>();
      for (const { reason } of all) if (reason !== undefined) missing.set(reason, (missing.get(reason) ?? 0) + 1);
      // Every cell draws the same images, so that methods can be compared.
      const summary = values.length === 0 ? undefined : estimate(values, randomFrom(seed));
      return { method, metric, estimate: summary, missing, curve: meanCurve(all.flatMap(({ curve }) => curve ?? [])) };
    }),
  );
}

/** Rows: methods; columns: metrics, with an arrow that says which way is good. */
export function tableOf(cells: readonly Cell[]): { head: string[]; rows: string[][] } {
  const methods = [...new Set(cells.map(({ method }) => method))];
  const metrics = [...new Set(cells.map(({ metric }) => metric))];
  const cell = (method: string, metric: string) => cells.find((one) => one.method === method && one.metric === metric)?.estimate;
  return {
    head: ['METHOD', ...metrics.map((metric) => `${metric} ${arrow(metric)}`)],
    rows: methods.map((method) => [method, ...metrics.map((metric) => estimateText(cell(method, metric)))]),
  };
}

export function arrow(metric: string): string {
  return findMetric(metric).better === 'higher' ? '↑' : '↓';
}

/** `0.512 [0.410, 0.603]` */
export function estimateText(estimate: Estimate | undefined): string {
  if (estimate === undefined) return '-';
  const { mean, interval } = estimate;
  return interval === undefined ? number(mean) : `${number(mean)} [${interval.map(number).join(', ')}]`;
}

/** What could not be measured, in sentences. */
export function missingText(cells: readonly Cell[], images: number): string[] {
  const lines = new Map<string, string[]>();
  for (const { method, metric, missing } of cells)
    for (const [reason, count] of missing) {
      const key = `on ${count} of ${images} images: ${reason}`;
      lines.set(key, [...(lines.get(key) ?? []), `${metric} of ${method}`]);
    }
  return Array.from(lines, ([what, which]) => `${listed(which)} could not be measured ${what}`);
}

/** More names than this say less than their number. */
const MAX_LISTED = 4;

function listed(names: readonly string[]): string {
  if (names.length <= MAX_LISTED) return names.join(', ');
  return `${names.slice(0, MAX_LISTED).join(', ')} and ${names.length - MAX_LISTED} more`;
}

function meanCurve(curves: readonly Curve[]): Curve | undefined {
  const [first, ...others] = curves;
  if (first === undefined || others.some(({ shares }) => shares.length !== first.shares.length)) return undefined;
  return {
    shares: first.shares,
    scores: first.scores.map((_, at) => curves.reduce((sum, { scores }) => sum + (scores[at] ?? 0), 0) / curves.length),
  };
}

/** Three digits, or two figures of what is smaller. */
function number(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01 ? value.toPrecision(2) : value.toFixed(3);
}
