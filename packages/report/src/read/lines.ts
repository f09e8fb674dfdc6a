import { createReadStream } from 'node:fs';

/** A line of a file; undefined where it is longer than lines may be. */
export interface Line {
  readonly number: number;
  readonly text: string | undefined;
}

/** The lines of a file, one after the other; never more than the limit of one is held in memory. @param limit bytes of a line */
export async function* linesOf(path: string, limit: number): AsyncGenerator<Line> {
  let number = 1;
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer) => {
    length += part.length;
    if (length <= limit) parts.push(part);
    else parts = [];
  };
  const line = (): Line => {
    const text = length <= limit ? Buffer.concat(parts).toString('utf8') : undefined;
    [parts, length] = [[], 0];
    return { number: number++, text };
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 18 })) {
    if (!Buffer.isBuffer(chunk)) continue;
    let begin = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, begin)) {
      take(chunk.subarray(begin, end));
      yield line();
      begin = end + 1;
    }
    take(chunk.subarray(begin));
  }
  if (length > 0) yield line();
}
