import { createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, open, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GradcamError, type Heatmap } from '@gradcam/core';
import { tryLock, writingError } from '@gradcam/node';
import { PRIVATE, UNFINISHED } from '../files/disk.js';
import type { KeyedItem } from '../job/item.js';
import type { Row } from '../job/row.js';
import type { Result } from '../stages/picture.js';
import type { Done } from '../tables/tables.js';
import { LineReader } from './line-reader.js';

/** Where the numbers of a map lie in the ledger's file of maps. */
export interface KeptMap {
  readonly width: number;
  readonly height: number;
  /** Bytes before it. */
  readonly at: number;
}

/** What the ledger knows of a picture: a line of it. */
export interface Entry {
  readonly key: string;
  readonly rows: readonly Row[];
  /** One a row, or none. */
  readonly maps: readonly KeptMap[];
}

/**
 * What is done. A picture is done once its line stands in the ledger, and its files and maps are written before; so a run that ends at any moment loses at
 * most the pictures at hand, and the next one does these again. One process writes it, one line at a time.
 *
 * In memory there is the key of each picture, and where its line stands; nothing else.
 */
export class Ledger {
  readonly #lines = new Map<string, number>();
  #failed = false;

  private constructor(
    readonly folder: string,
    private readonly lines: FileHandle,
    private readonly maps: FileHandle,
    private readonly unlock: () => Promise<void>,
    private linesEnd: number,
    private mapsEnd: number,
  ) {}

  /**
   * Opens the ledger of a folder of results, and makes it if there is none. What an interrupted run left half-written is gone.
   *
   * @param retry forget pictures that ended in an error
   * @throws GradcamError `not-writable`; also while another process has it
   */
  static async open(folder: string, retry = false): Promise<Ledger> {
    const own = join(folder, PRIVATE);
    const path = join(own, 'ledger.jsonl');
    try {
      await mkdir(own, { recursive: true });
      const unlock = await tryLock(join(own, 'lock'));
      if (unlock === undefined)
        throw new GradcamError(
          'not-writable',
          `another run writes to '${folder}'; wait for its end, or give another folder (if there is none, delete '${join(own, 'lock')}')`,
        );
      try {
        await rm(join(own, UNFINISHED), { recursive: true, force: true });
        await mkdir(join(own, UNFINISHED));
        const [lines, maps] = [await open(path, 'a+'), await open(join(own, 'maps.f32'), 'a+')];
        const ledger = new Ledger(folder, lines, maps, unlock, 0, 0);
        await ledger.#recall(path, retry);
        return ledger;
      } catch (error) {
        await unlock();
        throw error;
      }
    } catch (error) {
      throw writingError(error, path);
    }
  }

  /** Number of pictures that are done. */
  get size(): number {
    return this.#lines.size;
  }

  has(key: string): boolean {
    return this.#lines.has(key);
  }

  /** Writes a picture down; one at a time. @throws GradcamError `not-writable` */
  async add({ key }: KeyedItem, { rows, maps }: Result): Promise<void> {
    // Behind half a line nothing may follow.
    if (this.#failed) throw new GradcamError('not-writable', `the ledger of '${this.folder}' could not be written`);
    try {
      const kept: KeptMap[] = [];
      for (const { width, height, data } of maps) {
        kept.push({ width, height, at: this.mapsEnd });
        this.mapsEnd += await append(this.maps, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      }
      const line = Buffer.from(`${JSON.stringify({ key, rows, maps: kept } satisfies Entry)}\n`);
      await append(this.lines, line);
      this.#lines.set(key, this.linesEnd);
      this.linesEnd += line.length;
    } catch (error) {
      this.#failed = true;
      throw writingError(error, join(this.folder, PRIVATE, 'ledger.jsonl'));
    }
  }

  /** What is known of these keys, in this order. */
  async *pictures(keys: Iterable<string>): AsyncGenerator<Done> {
    const reader = new LineReader(this.lines);
    for (const key of keys) {
      const at = this.#lines.get(key);
      if (at === undefined) continue;
      const { rows, maps } = JSON.parse(await reader.at(at)) as Entry;
      yield { rows, maps: () => Promise.all(maps.map((kept) => this.#map(kept))) };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.lines.close(), this.maps.close()]);
    await this.unlock();
  }

  async #map({ width, height, at }: KeptMap): Promise<Heatmap> {
    const data = new Float32Array(width * height);
    await this.maps.read(new Uint8Array(data.buffer), 0, data.byteLength, at);
    return { width, height, data };
  }

  async #recall(path: string, retry: boolean): Promise<void> {
    const { size } = await this.lines.stat();
    const end = await this.#endOfLines(size);
    if (end < size) await truncate(path, end);
    if (end > 0) {
      const stream = createReadStream(path, { end: end - 1 });
      for await (const line of createInterface({ input: stream })) {
        const entry = entryOf(line);
        if (entry !== undefined && !(retry && entry.rows.some(({ error }) => error !== null)) && (await this.#isWhole(entry)))
          this.#lines.set(entry.key, this.linesEnd);
        this.linesEnd += Buffer.byteLength(line) + 1;
        for (const { width, height, at } of entry?.maps ?? []) this.mapsEnd = Math.max(this.mapsEnd, at + 4 * width * height);
      }
    }
    await this.maps.truncate(this.mapsEnd);
  }

  /** Bytes up to the end of the last whole line. */
  async #endOfLines(size: number): Promise<number> {
    const piece = Buffer.alloc(2 ** 16);
    for (let end = size; end > 0; ) {
      const begin = Math.max(0, end - piece.length);
      const { bytesRead } = await this.lines.read(piece, 0, end - begin, begin);
      const last = piece.subarray(0, bytesRead).lastIndexOf(10);
      if (last >= 0) return begin + last + 1;
      end = begin;
    }
    return 0;
  }

  /** Whether all that the entry says is there: somebody may have deleted files, and a machine that lost its power may have. */
  async #isWhole({ rows, maps }: Entry): Promise<boolean> {
    const { size } = await this.maps.stat();
    if (maps.some(({ width, height, at }) => at + 4 * width * height > size)) return false;
    for (const { overlay, map } of rows)
      for (const file of [overlay, map]) if (file !== null && !(await access(join(this.folder, file)).then(yes, no))) return false;
    return true;
  }
}

const yes = () => true;
const no = () => false;

function entryOf(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    // Only a damaged disk leaves such a line: the picture is done again.
    return undefined;
  }
}

/** Appends all of the bytes. @returns their number */
async function append(file: FileHandle, bytes: Uint8Array): Promise<number> {
  for (let written = 0; written < bytes.length; ) written += (await file.write(bytes, written)).bytesWritten;
  return bytes.length;
}
