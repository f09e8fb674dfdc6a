import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GradcamError } from '@gradcam/core';
import { columns, type Row } from '@gradcam/jobs';
import { readingError } from '@gradcam/node';
import { linesOf } from './lines.js';

/** What a table holds. */
export interface Table {
  readonly rows: readonly Row[];
  /** What is to be said of it: lines that are no rows, lines that were not read. */
  readonly notes: readonly string[];
}

/** Rows that are read: as many as fit in the memory of a small machine. */
export const MAX_TABLE_ROWS = 500_000;

/** Bytes of a line; the longest real one holds a few paths. */
const MAX_LINE = 2 ** 16;

/** Characters of a text; paths are the longest that are of use. */
const MAX_TEXT = 4096;

/** Classes are counted with 31 bits. */
const MAX_CLASS = 2 ** 31 - 1;

const TABLE = 'results.jsonl';

/**
 * Reads the table of a run. Lines that are no rows are counted, and left out.
 *
 * @throws GradcamError `not-found` where there is none, `invalid-manifest` where nothing in it is a row
 */
export async function readTable(folder: string): Promise<Table> {
  const path = join(folder, TABLE);
  if (!(await isThere(path)))
    throw new GradcamError(
      'not-found',
      `expected the results of gradcam batch in '${folder}', but there is no ${TABLE}; a run that was stopped writes it once the same command has finished it`,
    );
  const rows: Row[] = [];
  const texts = new Map<string, string>();
  let damaged = 0;
  let first: number | undefined;
  let more = false;
  try {
    for await (const { number, text } of linesOf(path, MAX_LINE)) {
      if (text?.trim() === '') continue;
      if (rows.length === MAX_TABLE_ROWS) {
        more = true;
        break;
      }
      const row = text === undefined ? undefined : rowOf(text, texts);
      if (row !== undefined) rows.push(row);
      else {
        damaged++;
        first ??= number;
      }
    }
  } catch (error) {
    throw await readingError(error, 'a table', path);
  }
  if (rows.length === 0)
    throw new GradcamError(
      'invalid-manifest',
      `expected rows of results in '${path}', but ${damaged === 0 ? 'it is empty' : `none of its lines is one (line ${first})`}`,
    );
  const notes: string[] = [];
  if (damaged > 0)
    notes.push(
      `${damaged === 1 ? 'One line' : `${damaged} lines`} of ${TABLE} could not be read as a row (the first is line ${first}) and ${damaged === 1 ? 'is' : 'are'} left out.`,
    );
  if (more) notes.push(`Only the first ${MAX_TABLE_ROWS.toLocaleString('en')} rows of ${TABLE} were read.`);
  return { rows, notes };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** @param texts that came before: labels and layers are the same again and again */
function rowOf(line: string, texts: Map<string, string>): Row | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  if (typeof given['image'] !== 'string') return undefined;
  const row: Record<string, string | number | null> = {};
  for (const [name, type] of Object.entries(columns)) {
    const cell = Object.hasOwn(given, name) ? given[name] : null;
    if (type === 'STRING' ? !isText(cell) : !isNumber(cell, type, name)) return undefined;
    row[name] = typeof cell === 'string' ? kept(cell, name, texts) : ((cell ?? null) as number | null);
  }
  return row as unknown as Row;
}

const isText = (cell: unknown): boolean => cell === null || cell === undefined || (typeof cell === 'string' && cell.length <= MAX_TEXT);

function isNumber(cell: unknown, type: 'INT32' | 'DOUBLE', name: string): boolean {
  if (cell === null || cell === undefined) return true;
  if (typeof cell !== 'number') return false;
  if (type === 'INT32') return Number.isInteger(cell) && cell >= 0 && cell <= MAX_CLASS;
  return name === 'milliseconds' ? cell >= 0 : cell >= 0 && cell <= 1;
}

const REPEATED: ReadonlySet<string> = new Set(['label', 'predictedLabel', 'targetLabel', 'layer', 'method']);

function kept(text: string, name: string, texts: Map<string, string>): string {
  if (!REPEATED.has(name)) return text;
  const before = texts.get(text);
  if (before !== undefined) return before;
  if (texts.size < 100_000) texts.set(text, text);
  return text;
}
