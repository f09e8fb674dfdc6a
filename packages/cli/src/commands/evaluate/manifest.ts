import { dirname, extname } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type Box, GradcamError, nearest } from '@gradcam/core';
import { fileAt, joinLocation, type Mask } from '@gradcam/jobs';
import { readingError } from '@gradcam/node';
import { parse } from 'csv-parse';
import { boxesOf } from './boxes.js';

const COLUMNS = ['image', 'class', 'label', 'box', 'mask', 'mask_value'];

/** Characters of a line of .jsonl; the longest real one is a list of some hundred boxes. */
const MAX_LINE = 2 ** 20;

/** A line of a list of images. */
export interface Listed {
  /** Its path, joined with the root. */
  readonly image: string;
  /** As the list has it. */
  readonly place: string;
  /** Index or label. */
  readonly class?: string;
  readonly boxes: readonly Box[];
  readonly mask?: Mask;
}

/** A row as it was read: of a csv all values are text. */
type Row = Readonly<Record<string, unknown>>;

/** Whether a path is that of a list. */
export function isManifest(path: string): boolean {
  return ['.csv', '.jsonl', '.ndjson'].includes(extname(path).toLowerCase());
}

/**
 * Reads a list of images with their classes, boxes and masks, line by line.
 *
 * @param root folder of its paths; default: its own
 * @throws GradcamError `not-found`, `limit`, `invalid-manifest`, which says in which line
 */
export async function* readManifest(path: string, root: string = dirname(path)): AsyncGenerator<Listed> {
  if (!isManifest(path))
    throw new GradcamError('invalid-manifest', `expected a list of images ending in .csv or .jsonl, but got '${path}'`);
  let count = 0;
  for await (const { row, line } of extname(path).toLowerCase() === '.csv' ? csvRows(path) : jsonRows(path)) {
    count++;
    yield listed(row, root, (what) => new GradcamError('invalid-manifest', `line ${line} of '${path}': ${what}`));
  }
  if (count === 0) throw new GradcamError('invalid-manifest', `'${path}' lists no image`);
}

/** A line of a list that has no name: an image's path, or the object of a .jsonl. */
export function readLine(text: string, line: number, root: string, list: string): Listed | undefined {
  if (text.trim() === '') return undefined;
  const wrong = (what: string) => new GradcamError('invalid-manifest', `line ${line} of ${list}: ${what}`);
  return listed(text.trimStart().startsWith('{') ? objectOf(text, wrong) : { image: text.replace(/\r$/, '') }, root, wrong);
}

interface Numbered {
  readonly row: Row;
  readonly line: number;
}

async function* csvRows(path: string): AsyncGenerator<Numbered> {
  const parser = parse({
    columns: (head: string[]) => head.map((name) => name.trim().toLowerCase()),
    bom: true,
    trim: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count_less: true,
    max_record_size: MAX_LINE,
  });
  const file = await streamOf(path);
  let missing: unknown;
  file.on('error', (error) => {
    missing = error;
    parser.destroy(error);
  });
  try {
    const records: AsyncIterable<{ record: Row; info: { lines: number } }> = file.pipe(parser);
    for await (const { record, info } of records) yield { row: record, line: info.lines };
  } catch (error) {
    if (missing !== undefined) throw await readingError(missing, 'a list of images', path);
    throw new GradcamError(
      'invalid-manifest',
      `'${path}' cannot be read as csv: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  } finally {
    file.destroy();
  }
}

async function* jsonRows(path: string): AsyncGenerator<Numbered> {
  const file = await streamOf(path);
  let line = 0;
  try {
    for await (const text of createInterface({ input: file })) {
      line++;
      if (text.trim() === '') continue;
      const wrong = (what: string) => new GradcamError('invalid-manifest', `line ${line} of '${path}': ${what}`);
      yield { row: objectOf(text, wrong), line };
    }
    if (file.errored !== null) throw file.errored;
  } catch (error) {
    if (file.errored === null) throw error;
    throw await readingError(file.errored, 'a list of images', path);
  } finally {
    file.destroy();
  }
}

async function streamOf(location: string): Promise<Readable> {
  const [files, path] = await fileAt(location);
  return Readable.from(files.stream(path, 'a list of images'), { objectMode: false });
}

function objectOf(text: string, wrong: (what: string) => GradcamError): Row {
  if (text.length > MAX_LINE) throw wrong(`it has more than ${MAX_LINE} characters`);
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw wrong('it is no JSON');
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw wrong('expected an object such as {"image": "cat.jpg", "box": [8, 8, 90, 70]}');
  return Object.fromEntries(Object.entries(row));
}

function listed(row: Row, root: string, wrong: (what: string) => GradcamError): Listed {
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
  const asked = text('class') ?? text('label');
  const mask = text('mask');
  return {
    image: joinLocation(root, image),
    place: image,
    ...(asked !== undefined && { class: asked }),
    boxes: boxesOf(row['box'], wrong),
    ...(mask !== undefined && { mask: { path: joinLocation(root, mask), ...maskValue(text('mask_value'), wrong) } }),
  };
}

function maskValue(text: string | undefined, wrong: (what: string) => GradcamError): { value?: number } {
  if (text === undefined) return {};
  const value = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 255) return { value };
  throw wrong(`expected mask_value as a whole number from 0 to 255, but got '${text}'`);
}
