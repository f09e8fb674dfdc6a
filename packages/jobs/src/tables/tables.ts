import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Heatmap } from '@gradcam/core';
import { writingError } from '@gradcam/node';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { PRIVATE, UNFINISHED } from '../files/disk.js';
import { filesAt, isRemote } from '../files/files.js';
import { columns, type Row } from '../job/row.js';
import { Shards } from './shards.js';

/** The table, in the two forms that it has. */
export const TABLES = ['results.jsonl', 'results.parquet'] as const;

/** Rows that are in memory at once. */
const GROUP = 10_000;

/** What a table holds. */
export interface Totals {
  readonly rows: number;
  /** Pictures that could not be explained. */
  readonly errors: number;
}

/** A picture that is done. */
export interface Done {
  readonly rows: readonly Row[];
  /** One a row, or none; asked for once. */
  maps(): Promise<readonly Heatmap[]>;
}

/**
 * Makes the tables, and the files of many maps, of pictures that are done, in their order. Tables grow on a disk, and go to the results once they are whole.
 *
 * @param location of the results
 * @throws GradcamError `not-writable`, `network`
 */
export async function writeTables(pictures: AsyncIterable<Done>, location: string): Promise<Totals> {
  const files = await filesAt(location);
  const shards = new Shards(files);
  let scratch: string | undefined;
  let [rows, errors] = [0, 0];
  try {
    scratch = await scratchFor(location);
    const [lines, parquet] = TABLES.map((name) => join(scratch ?? '', name)) as [string, string];
    const file = await open(lines, 'w');
    try {
      const columnar = new ParquetWriter({ writer: fileWriter(parquet), schema: SCHEMA, createdBy: 'gradcam' });
      let group: Row[] = [];
      const flush = async () => {
        await file.writeFile(group.map((row) => `${JSON.stringify(row)}\n`).join(''));
        // Parquet has no row group without rows.
        if (group.length > 0) await columnar.write({ columnData: columnsOf(group), rowGroupSize: GROUP });
        group = [];
      };
      for await (const picture of pictures) {
        const places = await shards.add(await picture.maps());
        for (const [index, row] of picture.rows.entries()) {
          group.push({ ...row, map: places[index] ?? row.map });
          if (row.error !== null) errors++;
          rows++;
        }
        if (group.length >= GROUP) await flush();
      }
      await flush();
      await columnar.finish();
      await file.sync();
    } finally {
      await file.close();
    }
    await shards.finish();
    for (const table of [parquet, lines]) await files.upload(basename(table), table);
  } catch (error) {
    throw writingError(error, `${location}/${TABLES[0]}`);
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
  return { rows, errors };
}

/** A folder of nobody else, on the disk of the results where they have one. */
async function scratchFor(location: string): Promise<string> {
  const folder = isRemote(location) ? tmpdir() : join(location, PRIVATE, UNFINISHED);
  await mkdir(folder, { recursive: true });
  return mkdtemp(join(folder, 'gradcam-table-'));
}

const names = Object.keys(columns) as (keyof Row)[];

const SCHEMA = [
  { name: 'root', num_children: names.length },
  ...names.map((name) =>
    columns[name] === 'STRING'
      ? ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const)
      : ({ name, type: columns[name], repetition_type: 'OPTIONAL' } as const),
  ),
];

function columnsOf(rows: readonly Row[]) {
  return names.map((name) => ({ name, data: rows.map((row) => row[name]) }));
}
