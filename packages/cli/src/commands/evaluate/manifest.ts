import { dirname, extname, join } from 'node:path';
import { GradcamError, nearest } from '@gradcam/core';
import { parse } from 'csv-parse/sync';
import { toSource } from '../../input/source.js';
import { readTextFile } from '../../input/text.js';
import { boxesOf } from './boxes.js';
import type { Item } from './items.js';

const COLUMNS = ['image', 'class', 'box', 'mask', 'mask_value'];

/** A row as it was read: of a csv all values are text. */
type Row = Readonly<Record<string, unknown>>;

/**
 * Reads a list of images with their classes, boxes and masks.
 *
 * @param root folder of its paths; default: its own
 * @throws GradcamError `not-found`, `limit`, `invalid-manifest`, which says in which line
 */
export async function readManifest(path: string, root: string = dirname(path)): Promise<Item[]> {
  const text = await readTextFile(path, 'a list of images');
  const kind = extname(path).toLowerCase();
  if (kind !== '.csv' && kind !== '.jsonl' && kind !== '.ndjson')
    throw new GradcamError('invalid-manifest', `expected a list of images ending in .csv or .jsonl, but got '${path}'`);
  const rows = kind === '.csv' ? csvRows(text, path) : jsonRows(text, path);
  if (rows.length === 0) throw new GradcamError('invalid-manifest', `'${path}' lists no image`);
  return rows.map(({ row, line }) =>
    itemOf(row, root, (what) => new GradcamError('invalid-manifest', `line ${line} of '${path}': ${what}`)),
  );
}

interface Numbered {
  readonly row: Row;
  readonly line: number;
}

function csvRows(text: string, path: string): Numbered[] {
  try {
    const records: { record: Row; info: { lines: number } }[] = parse(text, {
      columns: (head: string[]) => head.map((name) => name.trim().toLowerCase()),
      bom: true,
      trim: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count_less: true,
    });
    return records.map(({ record, info }) => ({ row: record, line: info.lines }));
  } catch (error) {
    throw new GradcamError(
      'invalid-manifest',
      `'${path}' cannot be read as csv: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function jsonRows(text: string, path: string): Numbered[] {
  return text.split('\n').flatMap((content, index) => {
    if (content.trim() === '') return [];
    const line = index + 1;
    let row: unknown;
    try {
      row = JSON.parse(content);
    } catch (error) {
      throw new GradcamError('invalid-manifest', `line ${line} of '${path}' is no JSON`, { cause: error });
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new GradcamError(
        'invalid-manifest',
        `line ${line} of '${path}': expected an object such as {"image": "cat.jpg", "box": [8, 8, 90, 70]}`,
      );
    return [{ row: Object.fromEntries(Object.entries(row)), line }];
  });
}

function itemOf(row: Row, root: string, wrong: (what: string) => GradcamError): Item {
  const unknown = Object.keys(row).find((name) => !COLUMNS.includes(name));
  // A column of another name may well be somebody's note; one that is nearly the name of ours is a slip.
  const [meant] = unknown === undefined ? [] : nearest(unknown, COLUMNS, 1);
  if (meant !== undefined && row[meant] === undefined) throw wrong(`there is a column '${unknown}'; did you mean '${meant}'?`);
  const text = (name: string) => {
    const value = row[name];
    return value === undefined || value === null || value === '' ? undefined : String(value);
  };
  const image = text('image');
  if (image === undefined)
    throw wrong(`expected a column 'image' with a path, but it is empty; the columns are: ${Object.keys(row).join(', ')}`);
  const asked = text('class');
  const mask = text('mask');
  return {
    source: toSource(join(root, image)),
    ...(asked !== undefined && { class: asked }),
    boxes: boxesOf(row['box'], wrong),
    ...(mask !== undefined && { mask: { path: join(root, mask), ...maskValue(text('mask_value'), wrong) } }),
  };
}

function maskValue(text: string | undefined, wrong: (what: string) => GradcamError): { value?: number } {
  if (text === undefined) return {};
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 255) return { value };
  throw wrong(`expected mask_value as a whole number from 0 to 255, but got '${text}'`);
}
