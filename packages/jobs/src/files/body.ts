import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often an answer may break off. */
const ATTEMPTS = 5;

/** Milliseconds before the second attempt; doubled each time. */
const FIRST_WAIT = 100;

/** Milliseconds without a byte after which an answer is given up. */
const SILENCE = 30_000;

/** An answer whose end did not come. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
}

/** Works until the answer is whole, a few times; waits longer each time, and never as long as others do. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BrokenOff) || attempt === ATTEMPTS) throw error;
      await sleep(FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}

/**
 * All bytes of an answer; never more than the limit is held in memory.
 *
 * @param length as its head says
 * @throws BrokenOff; and what `tooLarge` makes of how it is too large
 */
export async function collect(
  body: Readable,
  length: number | undefined,
  limit: number,
  tooLarge: (how: string) => Error,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let received = 0;
  if (length !== undefined && length > limit) {
    body.destroy();
    throw tooLarge(`has ${length} bytes`);
  }
  const silence = setTimeout(() => body.destroy(new Error(`no byte for ${SILENCE / 1000} seconds`)), SILENCE);
  try {
    for await (const part of body) {
      received += part.length;
      if (received > limit) break;
      parts.push(part);
      silence.refresh();
    }
  } catch (error) {
    throw new BrokenOff('the answer broke off', { cause: error });
  } finally {
    clearTimeout(silence);
  }
  if (received > limit) throw tooLarge('is longer');
  if (length !== undefined && received < length) throw new BrokenOff(`the answer ended after ${received} of ${length} bytes`);
  const bytes = new Uint8Array(received);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
