import type { FileHandle } from 'node:fs/promises';

/** Bytes that are read at once: entries that follow each other mostly lie together. */
const WINDOW = 2 ** 18;

/** Reads lines of a file from where they begin. */
export class LineReader {
  #bytes = Buffer.alloc(0);
  #begin = 0;

  constructor(private readonly file: FileHandle) {}

  async at(position: number): Promise<string> {
    for (let length = WINDOW; ; length *= 2) {
      const from = position - this.#begin;
      const end = from >= 0 && from < this.#bytes.length ? this.#bytes.indexOf(10, from) : -1;
      if (end >= 0) return this.#bytes.toString('utf8', from, end);
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await this.file.read(bytes, 0, length, position);
      this.#bytes = bytes.subarray(0, bytesRead);
      this.#begin = position;
      // At the end of the file a line ends without a sign.
      if (bytesRead < length && !this.#bytes.includes(10)) return this.#bytes.toString('utf8');
    }
  }
}
