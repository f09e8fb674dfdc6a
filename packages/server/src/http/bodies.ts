import { Problem } from '../errors.js';
import { BODIES_AT_ONCE } from '../limits.js';

/** Takes bodies in, no longer than is allowed, and no more at once than there is memory for. */
export class Bodies {
  readonly #most: number;
  #held = 0;

  /** @param most bytes of one */
  constructor(most: number) {
    this.#most = most;
  }

  /** Bytes in memory. */
  get held(): number {
    return this.#held;
  }

  /**
   * A request's body.
   *
   * @returns its bytes, and what is to be called once they are of no use any more
   * @throws Problem 413 where it is too long, 415 where it is compressed, 429 where too much of others' is in memory, 400 where it ends early
   */
  async read({ headers, body }: Request): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly release: () => void }> {
    const coding = headers.get('content-encoding') ?? 'identity';
    if (coding !== 'identity')
      throw new Problem(415, 'unsupported-type', `the body is compressed by ${coding.slice(0, 20)}; send it as it is`);
    if (Number(headers.get('content-length') ?? 0) > this.#most) throw this.#tooLong();
    const parts: Uint8Array[] = [];
    let length = 0;
    const release = () => {
      this.#held -= length;
      length = 0;
    };
    try {
      const reader = body?.getReader();
      for (;;) {
        const { done = true, value } = (await reader?.read()) ?? {};
        if (done || value === undefined) break;
        length += value.length;
        this.#held += value.length;
        if (length > this.#most) throw this.#tooLong();
        if (this.#held > BODIES_AT_ONCE * this.#most)
          throw new Problem(429, 'busy', 'others are sending too much at once; try again in a second', { 'Retry-After': '1' });
        parts.push(value);
      }
      return { bytes: joined(parts, length), release };
    } catch (error) {
      release();
      if (error instanceof Problem) throw error;
      throw new Problem(400, 'invalid-request', 'the body ended before it was whole');
    }
  }

  #tooLong(): Problem {
    return new Problem(413, 'limit', `expected a body of at most ${this.#most} bytes; make the picture smaller`);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
