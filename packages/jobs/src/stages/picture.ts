import { GradcamError, type Heatmap, OnnxGradError } from '@gradcam/core';
import { targetColumns } from '../job/classes.js';
import type { Item, KeyedItem } from '../job/item.js';
import type { Job } from '../job/job.js';
import { errorRow, type Row } from '../job/row.js';
import type { Stages } from './stages.js';

/** What becomes of one picture: its rows, and maps that are yet to be put into files. */
export interface Result {
  readonly rows: readonly Row[];
  readonly maps: readonly Heatmap[];
}

/** Longest message of a row. */
const MAX_MESSAGE = 1000;

/**
 * The whole of a job for one picture: files are written, rows come back. What is wrong with the picture is a row, too.
 *
 * @param find the index of a class by its index or label
 * @throws GradcamError `not-writable`, `network`: no other picture would fare better
 */
export async function explainPicture(stages: Stages, job: Job, find: (query: string) => number, item: KeyedItem): Promise<Result> {
  let target: number | undefined;
  try {
    target = item.truth === undefined ? undefined : find(item.truth);
    const { tensor, picture } = await stages.read(item);
    const explained = await stages.explain(tensor, target);
    return await stages.draw({ item, picture, target, explained });
  } catch (error) {
    if (error instanceof GradcamError && (error.code === 'not-writable' || error.code === 'network')) throw error;
    return { rows: [errorRow(item.image, message(error), targetColumns(job, target))], maps: [] };
  }
}

/** The rows of a picture that is not tried again. @param reason in one line */
export function givenUp(job: Job, find: (query: string) => number, item: Item, reason: string): Result {
  let target: number | undefined;
  try {
    target = item.truth === undefined ? undefined : find(item.truth);
  } catch {
    // A class that the model does not have is no column.
  }
  return { rows: [errorRow(item.image, reason, targetColumns(job, target))], maps: [] };
}

function message(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  const line = words.replace(/\s+/g, ' ').trim().slice(0, MAX_MESSAGE);
  return error instanceof GradcamError || error instanceof OnnxGradError ? line : `unexpected error: ${line}`;
}
