import { findClass } from '@gradcam/core';
import type { Job } from './job.js';
import type { Row } from './row.js';

/** The name of a class. */
export function labelOf({ labels }: Pick<Job, 'labels'>, index: number): string {
  return labels[index] ?? `class ${index}`;
}

/** Columns of the true class. */
export function targetColumns(job: Pick<Job, 'labels'>, target: number | undefined): Pick<Row, 'target' | 'targetLabel'> {
  return { target: target ?? null, targetLabel: target === undefined ? null : labelOf(job, target) };
}

/** Finds classes by index or label; each is looked for once. */
export function classFinder({ labels, classCount }: Pick<Job, 'labels' | 'classCount'>): (query: string) => number {
  const found = new Map<string, number>();
  return (query) => {
    const known = found.get(query);
    if (known !== undefined) return known;
    const index = findClass(labels, query, classCount);
    // A list whose every line names another class by mistake must not fill the memory.
    if (found.size < 2 * classCount + 1000) found.set(query, index);
    return index;
  };
}
