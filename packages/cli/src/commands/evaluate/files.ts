import { extname, join } from 'node:path';
import { type ChartPanel, curvesChart, findMethod, findMetric, GradcamError } from '@gradcam/core';
import { renderFigure } from '@gradcam/node';
import { labelOf } from '../../model/labels.js';
import { PathClaims } from '../../output/names.js';
import { findTarget } from '../../output/target.js';
import { writeOutput } from '../../output/write.js';
import type { Setup } from './setup.js';
import { type Cell, estimateText, type Measured, tableOf } from './summary.js';

/** What a run found. */
export interface Found {
  readonly setup: Setup;
  readonly layers: readonly string[];
  readonly images: readonly Measured[];
  readonly errors: readonly { readonly image: string; readonly code: string; readonly message: string }[];
  readonly cells: readonly Cell[];
}

/** Each file that a folder of results has, by what makes it; undefined where there is nothing to show. */
const FILES = {
  'results.csv': (found: Found) => text(resultsCsv(found)),
  'summary.csv': (found: Found) => text(summaryCsv(found)),
  'summary.md': (found: Found) => text(summaryMarkdown(found)),
  'evaluation.json': (found: Found) => text(`${JSON.stringify(json(found), undefined, 2)}\n`),
  'curves.svg': (found: Found) => text(chart(found)?.svg),
  'curves.png': async (found: Found) => {
    const drawing = chart(found);
    return drawing && renderFigure(drawing);
  },
} as const;

const SINGLE: Readonly<Record<string, keyof typeof FILES>> = {
  '.csv': 'results.csv',
  '.md': 'summary.md',
  '.json': 'evaluation.json',
  '.svg': 'curves.svg',
  '.png': 'curves.png',
};

/** Where results go. @throws GradcamError `not-writable`, before any work is done */
export function planFiles(output: string | undefined): readonly { readonly path: string; readonly file: keyof typeof FILES }[] {
  if (output === undefined) return [];
  const file = /[/\\]$/.test(output) ? undefined : SINGLE[extname(output).toLowerCase()];
  if (file === undefined && extname(output) !== '')
    throw new GradcamError(
      'not-writable',
      `expected --output as a folder, or a file ending in ${Object.keys(SINGLE).join(', ')}, but got '${output}'`,
    );
  const target = findTarget({ option: '--output', path: output, several: file === undefined, picture: false });
  if ('file' in target) return [{ path: target.file, file: file ?? 'evaluation.json' }];
  return Object.keys(FILES).map((name) => ({ path: join(target.folder, name), file: name as keyof typeof FILES }));
}

/** Writes them. @returns the paths */
export async function writeFiles(found: Found, plan: ReturnType<typeof planFiles>): Promise<string[]> {
  const claims = new PathClaims([found.setup.loaded.path, ...found.images.map(({ item }) => item.source.name)]);
  const written: string[] = [];
  for (const { path, file } of plan) {
    const bytes = await FILES[file](found);
    if (bytes === undefined && plan.length === 1)
      throw new GradcamError(
        'not-writable',
        `'${path}' would show curves, but none was measured: ask for --metric deletion or --metric insertion`,
      );
    if (bytes === undefined) continue;
    await writeOutput(claims.exact(path), bytes, true);
    written.push(path);
  }
  return written;
}

function resultsCsv({ images, setup }: Found): string {
  const rows = images.flatMap(({ item, class: { index, probability }, methods }) =>
    methods.flatMap(({ method, measurements }) =>
      measurements.map(({ metric, value, reason }) => [
        item.source.name,
        index,
        labelOf(setup.labels, index),
        probability,
        method,
        metric,
        value,
        reason,
      ]),
    ),
  );
  return csv([['image', 'class', 'label', 'probability', 'method', 'metric', 'value', 'reason'], ...rows]);
}

function summaryCsv({ cells }: Found): string {
  const rows = cells.map(({ method, metric, estimate }) => [
    method,
    metric,
    findMetric(metric).better,
    estimate?.mean,
    ...(estimate?.interval ?? ['', '']),
    estimate?.count ?? 0,
  ]);
  return csv([['method', 'metric', 'better', 'mean', 'low', 'high', 'images'], ...rows]);
}

/** The table that is printed, for a document. */
function summaryMarkdown({ cells }: Found): string {
  const { head, rows } = tableOf(cells);
  const [, ...metrics] = head;
  const lines = [['method', ...metrics], head.map(() => '---'), ...rows.map(([method, ...values]) => [`\`${method}\``, ...values])];
  return lines.map((line) => `| ${line.join(' | ')} |\n`).join('');
}

/** RFC 4180. */
export function csv(rows: readonly (readonly (string | number | undefined)[])[]): string {
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => `${row.map((value) => quoted(String(value ?? ''))).join(',')}\n`).join('');
}

function json({ setup, layers, images, errors, cells }: Found): object {
  return {
    model: setup.loaded.name,
    layers,
    summary: cells.map(({ method, metric, estimate, missing, curve }) => ({
      method,
      metric,
      better: findMetric(metric).better,
      mean: estimate?.mean ?? null,
      interval: estimate?.interval ?? null,
      images: estimate?.count ?? 0,
      missing: Object.fromEntries(missing),
      ...(curve && { curve: { shares: [...curve.shares], scores: [...curve.scores] } }),
    })),
    images: images.map(({ item, class: { index, probability }, methods }) => ({
      image: item.source.name,
      class: { index, label: labelOf(setup.labels, index), probability },
      methods: methods.map(({ method, measurements }) => ({
        method,
        metrics: Object.fromEntries(measurements.map(({ metric, value }) => [metric, value ?? null])),
        missing: Object.fromEntries(measurements.flatMap(({ metric, reason }) => (reason === undefined ? [] : [[metric, reason]]))),
      })),
    })),
    errors,
  };
}

const AXES: Readonly<Record<string, string>> = {
  deletion: 'pixels removed, most relevant first',
  insertion: 'pixels inserted, most relevant first',
};

function chart({ cells, images, setup }: Found) {
  const panels = [...new Set(cells.flatMap(({ metric, curve }) => (curve === undefined ? [] : metric)))].map((metric): ChartPanel => {
    const { title, better } = findMetric(metric);
    return {
      title,
      note: `mean class probability; ${better} is better; area with 95 % interval`,
      axis: AXES[metric] ?? '',
      lines: cells
        .filter((cell) => cell.metric === metric)
        .map(({ method, curve, estimate }) => ({ label: findMethod(method).title, curve, value: estimateText(estimate) })),
    };
  });
  if (panels.length === 0) return undefined;
  const model = setup.loaded.name.split(/[/\\]/).at(-1) ?? setup.loaded.name;
  return curvesChart(panels, `model ${model}  ·  ${images.length} ${images.length === 1 ? 'image' : 'images'}`);
}

function text(content: string | undefined): Uint8Array | undefined {
  return content === undefined ? undefined : new TextEncoder().encode(content);
}
