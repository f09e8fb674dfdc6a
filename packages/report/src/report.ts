import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { colormap } from '@gradcam/core';
import type { Row } from '@gradcam/jobs';
import { writeFileAtomic } from '@gradcam/node';
import type { PageClass, PageData } from './data.js';
import { ResultFolder } from './read/folder.js';
import { readMaps } from './read/maps.js';
import { readQuestion } from './read/question.js';
import { readTable } from './read/table.js';
import { chooseRows, PAGE_ROWS } from './sum/choice.js';
import { sumClasses } from './sum/classes.js';
import { describeClasses, findingsOf } from './sum/findings.js';
import { countImages } from './sum/images.js';
import { base64 } from './write/encode.js';
import { type PageParts, pageHtml } from './write/html.js';
import { examplesOf, pageClasses } from './write/page-classes.js';
import { pageRows } from './write/page-rows.js';
import { readParts } from './write/parts.js';

/** How far a report is. */
export interface ReportProgress {
  readonly stage: 'table' | 'maps' | 'clusters' | 'page';
  /** Of the clusters: classes that are done. */
  readonly done: number;
  readonly total: number;
}

export interface ReportOptions {
  /** Where the page goes; default `report.html` in the folder. */
  readonly output?: string;
  /** Rows that the page lists, at least 1; all are counted. Default 20,000. */
  readonly pageRows?: number;
  /** What the page is made of; default: as it was built. */
  readonly page?: PageParts;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((progress: ReportProgress) => void) | undefined;
}

/** What was written. */
export interface Report {
  readonly path: string;
  readonly bytes: number;
  readonly images: number;
  readonly rows: number;
  readonly classes: number;
  readonly clusters: number;
  /** What is worth a look, the most telling first: class, and what sets it or its cluster apart. */
  readonly findings: readonly { readonly label: string; readonly size: number; readonly words: string }[];
  readonly notes: readonly string[];
}

/** The colours of heatmaps in the page: even steps, and dark where there is nothing. */
const COLORS = 'inferno';

/** Pairs of classes that the page counts one by one. */
const MAX_PAIRS = 20_000;

/**
 * Makes one page of the results of a run: accuracy and confusion, clusters of images that are explained alike, and the images, to sort and to filter.
 *
 * @param folder of `runBatch`
 * @throws GradcamError `not-found`, `invalid-manifest`, `not-writable`, `aborted`
 */
export async function writeReport(folder: string, options: ReportOptions = {}): Promise<Report> {
  const { output = join(folder, 'report.html'), pageRows: room = PAGE_ROWS, signal, progress } = options;
  const parts = options.page ?? (await readParts());
  progress?.({ stage: 'table', done: 0, total: 1 });
  const [{ rows, notes: ofTable }, question] = [await readTable(folder), await readQuestion(folder)];
  const results = await ResultFolder.open(folder);
  progress?.({ stage: 'maps', done: 0, total: 1 });
  const { of: maps, notes: ofMaps } = await readMaps(results, rows, signal);
  const summed = await sumClasses(rows, maps, { signal, progress: (done, total) => progress?.({ stage: 'clusters', done, total }) });
  const classes = describeClasses(summed, rows);
  const findings = findingsOf(classes);
  const { images, failed, judged, right, outside, entropy, confusion } = countImages(rows);
  progress?.({ stage: 'page', done: 0, total: 1 });

  const clusterOf = new Int32Array(rows.length).fill(-1);
  for (const { clusters } of classes)
    for (const [place, { members }] of clusters.entries()) for (const row of members) clusterOf[row] = place;
  const labels = labelsOf(rows);
  const labelOf = (index: number) => labels.get(index) ?? `class ${index}`;
  const base = addressBase(output, folder);
  const ofClasses = await pageClasses(classes, labelOf, {
    rows,
    maps,
    folder: results,
    base,
    first: findings.map(({ class: at, cluster }) => [at, cluster ?? 0]),
    signal,
  });
  // Classes that were only predicted, or only true, come behind those with heatmaps.
  const explained = new Set(classes.map(({ index }) => index));
  const others = [...labels.keys()].filter((index) => !explained.has(index)).sort((one, other) => one - other);
  const pageClassList: PageClass[] = [
    ...ofClasses,
    ...others.map((index) => ({ index, label: labelOf(index), rows: 0, judged: 0, right: 0, clusters: [], empty: 0, plane: [] })),
  ];
  const places = new Map(pageClassList.map(({ index }, place) => [index, place]));
  const place = (index: number | null) => (index === null ? null : (places.get(index) ?? null));

  const examples = classes.flatMap(({ clusters }) => clusters.flatMap(({ members }) => examplesOf(members, rows)));
  const chosen = chooseRows(rows, room, examples);
  const notes = [...ofTable, ...ofMaps];
  const mapped = maps.reduce((count, map) => count + (map === undefined ? 0 : 1), 0);
  if (mapped === 0)
    notes.push(
      'There are no maps to read, so there are no mean heatmaps and no clusters: run gradcam batch with --maps shards or --maps npy.',
    );
  if (chosen.length < rows.length)
    notes.push(
      `The list below holds ${number(chosen.length)} of ${number(rows.length)} rows: errors, wrong predictions and the heatmaps furthest outside of their objects first, then rows of all the rest, evenly. All figures, clusters and the confusion matrix are of all rows; results.jsonl holds every one.`,
    );
  const data: PageData = {
    title: basename(resolve(folder)),
    facts: factsOf(rows, question.model),
    totals: { images, rows: rows.length, failed, judged, right, outside, entropy },
    notes,
    classes: pageClassList,
    findings: findings.map(({ class: at, cluster, words }) => ({ class: at, cluster, words })),
    confusion: confusion
      .slice(0, MAX_PAIRS)
      .map(([target, predicted, count]) => [places.get(target) ?? 0, places.get(predicted) ?? 0, count]),
    colors: base64(colormap(COLORS)),
    rows: pageRows(chosen, { rows, maps, clusters: clusterOf, place, base }),
  };
  const bytes = Buffer.from(pageHtml(data, parts));
  await writeFileAtomic(output, bytes);
  return {
    path: output,
    bytes: bytes.length,
    images,
    rows: rows.length,
    classes: classes.length,
    clusters: classes.reduce((sum, { clusters }) => sum + clusters.length, 0),
    findings: findings.map(({ class: at, cluster, words }) => ({
      label: ofClasses[at]?.label ?? '',
      size: (cluster === null ? ofClasses[at]?.rows : ofClasses[at]?.clusters[cluster]?.size) ?? 0,
      words,
    })),
    notes,
  };
}

/** The way from the page to the folder, as addresses write it. */
function addressBase(output: string, folder: string): string {
  return relative(dirname(resolve(output)), resolve(folder))
    .split(sep)
    .join('/');
}

/** Names of all classes that the table speaks of. */
function labelsOf(rows: readonly Row[]): Map<number, string> {
  const labels = new Map<number, string>();
  const add = (index: number | null, label: string | null) => {
    if (index !== null && !labels.has(index)) labels.set(index, (label ?? `class ${index}`).slice(0, 200));
  };
  for (const row of rows) {
    add(row.class, row.label);
    add(row.predicted, row.predictedLabel);
    add(row.target, row.targetLabel);
  }
  return labels;
}

function factsOf(rows: readonly Row[], model: string | undefined): (readonly [string, string])[] {
  const one = (name: 'method' | 'layer') => [...new Set(rows.flatMap((row) => row[name] ?? []))].slice(0, 3).join(', ');
  const facts = [
    ['Model', model ?? ''],
    ['Method', one('method')],
    ['Layer', one('layer')],
  ] as const;
  return facts.filter(([, value]) => value !== '');
}

const number = (count: number): string => count.toLocaleString('en');
