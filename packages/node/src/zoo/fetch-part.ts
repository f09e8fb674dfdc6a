import type { FileHandle } from 'node:fs/promises';
import { GradcamError } from '@gradcam/core';

/** What one attempt at an address needs. */
export interface PartRequest {
  readonly url: string;
  /** Open for writing; holds what earlier attempts brought. */
  readonly part: FileHandle;
  /** Size of the whole file. */
  readonly bytes: number;
  readonly fetch: typeof fetch;
  /** Milliseconds without a single byte after which the attempt is given up. */
  readonly stallMs: number;
  onBytes(received: number): void;
}

/** An answer that asking again will not mend, such as a status or a size. */
export class WrongAnswer extends Error {
  constructor(
    message: string,
    /** Whether what has been saved so far is worth nothing any more. */
    readonly spoilt = false,
  ) {
    super(message);
  }
}

/**
 * Fetches what is missing of a part file, by an HTTP range where something is there already (RFC 9110, section 14).
 * A server that ignores the range starts the file again. Never more than the known size is written.
 *
 * @throws WrongAnswer, or an error of the network, after which what has come so far stays in the part
 */
export async function fetchPart(request: PartRequest): Promise<void> {
  const { part, bytes, stallMs } = request;
  const have = (await part.stat()).size;
  if (have === bytes) return;
  const from = have < bytes ? have : 0;
  const abort = new AbortController();
  const stalled = () => abort.abort(new Error(`no data for ${stallMs / 1000} s`));
  let timer = setTimeout(stalled, stallMs);
  try {
    const headers = { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) };
    const response = await request.fetch(request.url, { headers, redirect: 'follow', signal: abort.signal });
    const start = await checkAnswer(response, from, bytes);
    await part.truncate(start);
    let received = start;
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(stalled, stallMs);
      if (received + chunk.length > bytes) throw new WrongAnswer(`more than the expected ${bytes} bytes`, true);
      await write(part, chunk, received);
      received += chunk.length;
      request.onBytes(received);
    }
    if (received < bytes) throw new Error(`the connection ended after ${received} of ${bytes} bytes`);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

/** @returns where the body of the answer begins in the file */
async function checkAnswer(response: Response, from: number, bytes: number): Promise<number> {
  if (response.status === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    if (Number(start) === from && (total === '*' || Number(total) === bytes)) return from;
    throw new WrongAnswer(`another range than asked for (${response.headers.get('content-range')})`, true);
  }
  if (response.status !== 200) throw new WrongAnswer(`HTTP ${response.status}`);
  const length = response.headers.get('content-length');
  if (length !== null && response.headers.get('content-encoding') === null && Number(length) !== bytes) {
    throw new WrongAnswer(`${length} bytes instead of ${bytes}`);
  }
  return 0;
}

async function write(part: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  try {
    for (let done = 0; done < chunk.length; ) {
      done += (await part.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
    }
  } catch (error) {
    throw new GradcamError('not-writable', `The download cannot be saved: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
