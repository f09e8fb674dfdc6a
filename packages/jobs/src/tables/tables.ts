import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writingError } from '@gradcam/node';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { PRIVATE, UNFINISHED } from '../files/disk.js';
import { columns, type Row } from '../job/row.js';
import type { Ledger } from '../ledger/ledger.js';
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

/** Makes the tables, and the files of many maps, of what the ledger knows of these pictures. @throws GradcamError `not-writable` */
export async function writeTables(ledger: Ledger, keys: Iterable<string>): Promise<Totals> {
  const [lines, parquet] = TABLES.map((name) => ({
    name,
    from: join(ledger.folder, PRIVATE, UNFINISHED, name),
    to: join(ledger.folder, name),
  })) as [Table, Table];
  const shards = new Shards(ledger);
  let [rows, errors] = [0, 0];
  try {
    const file = await open(lines.from, 'w');
    try {
      const columnar = new ParquetWriter({ writer: fileWriter(parquet.from), schema: SCHEMA, createdBy: 'gradcam' });
      let group: Row[] = [];
      const flush = async () => {
        await file.writeFile(group.map((row) => `${JSON.stringify(row)}\n`).join(''));
        // Parquet has no row group without rows.
        if (group.length > 0) await columnar.write({ columnData: columnsOf(group), rowGroupSize: GROUP });
        group = [];
      };
      for await (const entry of ledger.entries(keys)) {
        const places = await shards.add(entry);
        for (const [index, row] of entry.rows.entries()) {
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
    for (const { from, to } of [parquet, lines]) await rename(from, to);
  } catch (error) {
    throw writingError(error, lines.to);
  }
  return { rows, errors };
}

interface Table {
  readonly name: string;
  readonly from: string;
  readonly to: string;
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
