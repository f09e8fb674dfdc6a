import { computed, signal } from '@preact/signals';
import { isRight, report, rowCount } from './report';

/** What can be asked of an image's prediction. */
export const outcomes = ['all', 'right', 'wrong', 'unknown', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

/** Numbers of a row that can be sorted and filtered by. */
export const measures = ['probability', 'outside', 'entropy'] as const;
export type Measure = (typeof measures)[number];

/** A range in percent; undefined: any. */
export interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface Filter {
  readonly text: string;
  readonly outcome: Outcome;
  /** Places of classes. */
  readonly class?: number | undefined;
  readonly cluster?: number | undefined;
  readonly target?: number | undefined;
  readonly predicted?: number | undefined;
  readonly ranges: Readonly<Record<Measure, Range>>;
}

export type SortKey = 'order' | 'image' | 'class' | 'predicted' | 'target' | Measure;

export interface Sort {
  readonly by: SortKey;
  readonly down: boolean;
}

const NOTHING: Filter = { text: '', outcome: 'all', ranges: { probability: {}, outside: {}, entropy: {} } };

export const filter = signal<Filter>(NOTHING);
export const sort = signal<Sort>({ by: 'order', down: false });

/** The class whose clusters are shown. */
export const shownClass = signal(report.findings[0]?.class ?? 0);

export function change(part: Partial<Filter>): void {
  filter.value = { ...filter.value, ...part };
}

/** Shows the images of which this is true, and nothing else. */
export function showImages(part: Partial<Filter>): void {
  filter.value = { ...NOTHING, ...part };
  goTo('images');
}

/** Shows a class with its clusters. */
export function showClass(place: number): void {
  shownClass.value = place;
  goTo('classes');
}

/** Brings a section in view, and those who read by keyboard or ear along. */
function goTo(section: string): void {
  document.getElementById(section)?.scrollIntoView();
  document.querySelector<HTMLElement>(`#${section} h2`)?.focus({ preventScroll: true });
}

export function clear(): void {
  filter.value = NOTHING;
}

export const isFiltered = computed(() => filter.value !== NOTHING);

const names = report.rows.image.map((image) => image.toLowerCase());

/** Rows that pass the filter, in the order of the table. */
const passing = computed(() => {
  const { text, outcome, class: one, cluster, target, predicted, ranges } = filter.value;
  const words = text.trim().toLowerCase();
  const { rows } = report;
  const asked = measures.flatMap((measure) => {
    const { from, to } = ranges[measure];
    return from === undefined && to === undefined ? [] : [{ values: rows[measure], from: (from ?? 0) / 100, to: (to ?? 100) / 100 }];
  });
  const found: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    if (one !== undefined && rows.class[row] !== one) continue;
    if (cluster !== undefined && rows.cluster[row] !== cluster) continue;
    if (target !== undefined && rows.target[row] !== target) continue;
    if (predicted !== undefined && rows.predicted[row] !== predicted) continue;
    if (outcome !== 'all' && outcomeOf(row) !== outcome) continue;
    if (words !== '' && !names[row]?.includes(words)) continue;
    if (
      asked.some(({ values, from, to }) => {
        const value = values[row] ?? Number.NaN;
        return !(value >= from && value <= to);
      })
    )
      continue;
    found.push(row);
  }
  return found;
});

function outcomeOf(row: number): Outcome {
  if (report.rows.error[row] !== null) return 'failed';
  const right = isRight(row);
  return right === undefined ? 'unknown' : right ? 'right' : 'wrong';
}

/** The rows that are listed, sorted; what has no value comes last. */
export const listed = computed(() => {
  const { by, down } = sort.value;
  const rows = [...passing.value];
  if (by === 'order') return down ? rows.reverse() : rows;
  const sign = down ? -1 : 1;
  if (by === 'image') return rows.sort((one, other) => sign * compare(names[one] ?? '', names[other] ?? ''));
  const values = report.rows[by];
  return rows.sort((one, other) => {
    const [a, b] = [values[one] ?? null, values[other] ?? null];
    if (a === null || b === null) return a === b ? one - other : a === null ? 1 : -1;
    return sign * (a - b) || one - other;
  });
});

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
