import { GradcamError, type Heatmap } from '@gradcam/core';
import type { Done, Files, KeyedItem, Result, Row } from '@gradcam/jobs';

/** Below the results: what is done, an object for each chunk. */
const CHUNKS = '.gradcam/chunks';

/** Below the results: the chunks of each run, in the order of its pictures. */
const RUNS = '.gradcam/runs';

/** Bytes of a chunk, and of a list of chunks. */
const MAX_BYTES = 2 ** 30;

/** Objects that are read ahead: storage answers many at once faster than one after the other. */
const AHEAD = 8;

/** A picture of a chunk, as a line of its object. */
interface Line {
  readonly key: string;
  readonly rows: readonly Row[];
  /** float32, little endian, in base64: rows and maps are one object, so that a chunk is there or it is not. */
  readonly maps: readonly { readonly width: number; readonly height: number; readonly data: string }[];
}

/** A picture that is done, and which. */
export interface DonePicture extends Done {
  readonly key: string;
}

/** What the results' storage knows of a run. A chunk is done once its object is there; nothing else counts. */
export class Store {
  constructor(private readonly files: Files) {}

  async has(chunk: string): Promise<boolean> {
    return (await this.files.size(pathOf(chunk))) !== undefined;
  }

  /** The chunks that are done. */
  async done(): Promise<Set<string>> {
    const found = new Set<string>();
    for await (const path of this.files.list(CHUNKS)) found.add(path.slice(path.lastIndexOf('/') + 1).replace(/\.jsonl$/, ''));
    return found;
  }

  async write(chunk: string, results: readonly (readonly [KeyedItem, Result])[]): Promise<void> {
    const lines = results.map(([{ key }, { rows, maps }]) => JSON.stringify({ key, rows, maps: maps.map(packed) } satisfies Line));
    await this.files.write(pathOf(chunk), new TextEncoder().encode(`${lines.join('\n')}\n`));
  }

  async read(chunk: string): Promise<DonePicture[]> {
    const bytes = await this.files.read(pathOf(chunk), { what: 'a finished chunk', limit: MAX_BYTES });
    try {
      return new TextDecoder().decode(bytes).trimEnd().split('\n').map(pictureOf);
    } catch (error) {
      // Only a damaged disk leaves such an object.
      await this.files.remove(pathOf(chunk));
      throw new GradcamError(
        'not-found',
        `a finished chunk of '${this.files.location}' was damaged, and is taken away; give the same command again: it is done again`,
        { cause: error },
      );
    }
  }

  /** The pictures of these chunks, in this order. */
  async *pictures(chunks: Iterable<string>): AsyncGenerator<DonePicture> {
    const coming: Promise<DonePicture[]>[] = [];
    for (const chunk of chunks) {
      const reading = this.read(chunk);
      // Whoever comes to it hears of it.
      reading.catch(() => undefined);
      coming.push(reading);
      if (coming.length >= AHEAD) yield* (await coming.shift()) ?? [];
    }
    for (const reading of coming) yield* await reading;
  }

  /** Writes down which chunks a run is made of, once all are known. */
  async writeOrder(run: string, chunks: readonly string[]): Promise<void> {
    await this.files.write(orderOf(run), new TextEncoder().encode(chunks.map((chunk) => `${chunk}\n`).join('')));
  }

  /** The chunks of a run; undefined where not all have been put yet. */
  async order(run: string): Promise<string[] | undefined> {
    if ((await this.files.size(orderOf(run))) === undefined) return undefined;
    const bytes = await this.files.read(orderOf(run), { what: 'the list of chunks', limit: MAX_BYTES });
    return new TextDecoder()
      .decode(bytes)
      .split('\n')
      .filter((line) => line !== '');
  }
}

const pathOf = (chunk: string) => `${CHUNKS}/${chunk}.jsonl`;
const orderOf = (run: string) => `${RUNS}/${run}.txt`;

function packed({ width, height, data }: Heatmap) {
  return { width, height, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}

function pictureOf(text: string): DonePicture {
  const { key, rows, maps } = JSON.parse(text) as Line;
  return { key, rows, maps: async () => maps.map(unpacked) };
}

function unpacked({ width, height, data }: Line['maps'][number]): Heatmap {
  // Of its own memory, in which a number begins where it must.
  return { width, height, data: new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer) };
}
