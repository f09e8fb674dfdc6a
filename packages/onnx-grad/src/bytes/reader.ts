import { PbfReader } from 'pbf';
import { OnnxGradError } from '../errors.js';

/** What is wrong with bytes that do not parse: shared by every reader, so that a truncated file always reads the same. */
export function invalidModel(what: string): OnnxGradError {
  return new OnnxGradError('invalid-model', `expected an ONNX model, but ${what}; is the file complete, and is it ONNX?`);
}

/** How a field's content is laid out: the low three bits of its tag. */
const Wire = { varint: 0, lengthDelimited: 2, fixed32: 5 } as const;

/**
 * Walks the fields of one message of untrusted bytes. `pbf` itself trusts its input: here every embedded length is held
 * against the end of the message around it, so that a cut or crafted file is an error and never a read past the end.
 */
export class MessageReader {
  readonly #pbf: PbfReader;
  #start = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly start = 0,
    readonly end = bytes.length,
    pbf = new PbfReader(bytes),
  ) {
    this.#pbf = pbf;
    this.#pbf.pos = start;
  }

  /**
   * Calls `read` with the number of each field in turn; a field that `read` does not consume is skipped.
   *
   * @throws OnnxGradError `invalid-model`, also for what pbf itself cannot read (it throws RangeError or Error)
   */
  fields(read: (field: number) => void): void {
    try {
      this.#walk(read);
    } catch (cause) {
      if (cause instanceof OnnxGradError) throw cause;
      throw invalidModel(`byte ${this.#start} cannot be read (${cause instanceof Error ? cause.message : String(cause)})`);
    }
  }

  #walk(read: (field: number) => void): void {
    const pbf = this.#pbf;
    while (true) {
      this.#start = pbf.pos;
      const field = pbf.nextField(this.end);
      if (field === 0 && pbf.pos >= this.end) break;
      if (field === 0) throw invalidModel(`byte ${this.#start} starts no field of a message`);
      const before = pbf.pos;
      read(field);
      if (pbf.pos === before) this.skip();
      if (pbf.pos > this.end) throw invalidModel(`it ends within a field that starts at byte ${this.#start}`);
    }
    if (pbf.pos !== this.end) throw invalidModel(`it ends within a field that starts at byte ${this.#start}`);
  }

  /** Byte range of an embedded message (or bytes, or a string), which is stepped over. */
  range(): readonly [start: number, end: number] {
    const pbf = this.#pbf;
    this.#expect(Wire.lengthDelimited);
    const length = pbf.readVarint();
    const start = pbf.pos;
    const end = start + length;
    if (!(end <= this.end))
      throw invalidModel(`${this.bytes.length} bytes are fewer than it says it has (a field at byte ${this.#start} ends at ${end})`);
    pbf.pos = end;
    return [start, end];
  }

  /** The byte at which the current field's tag starts. */
  get fieldStart(): number {
    return this.#start;
  }

  /** The byte that is read next: behind the current field, once its content was read. */
  get position(): number {
    return this.#pbf.pos;
  }

  /** An embedded message. Read its fields before anything else of this one: both share the reader. */
  message(): MessageReader {
    const [start, end] = this.range();
    return new MessageReader(this.bytes, start, end, this.#pbf);
  }

  raw(): Uint8Array {
    const [start, end] = this.range();
    return this.bytes.subarray(start, end);
  }

  string(): string {
    const at = this.#pbf.pos;
    this.range(); // checks the length before pbf trusts it
    this.#pbf.pos = at;
    return this.#pbf.readString();
  }

  int(): number {
    this.#expect(Wire.varint);
    return this.#pbf.readVarint(true);
  }

  float(): number {
    this.#expect(Wire.fixed32);
    return this.#pbf.readFloat();
  }

  /** A repeated number, whether packed or one a field. */
  ints(into: number[]): void {
    this.#repeated(() => this.#pbf.readVarint(true), into);
  }

  floats(into: number[]): void {
    this.#repeated(() => this.#pbf.readFloat(), into);
  }

  doubles(into: number[]): void {
    this.#repeated(() => this.#pbf.readDouble(), into);
  }

  #repeated(one: () => number, into: number[]): void {
    const pbf = this.#pbf;
    if (pbf.type !== Wire.lengthDelimited) {
      into.push(one());
      return;
    }
    const [start, end] = this.range();
    pbf.pos = start;
    while (pbf.pos < end) into.push(one());
    if (pbf.pos !== end) throw invalidModel(`the packed numbers at byte ${this.#start} end within one`);
  }

  #expect(wire: number): void {
    if (this.#pbf.type !== wire) throw invalidModel(`the field at byte ${this.#start} has another wire type than its message needs`);
  }

  /** Steps over the current field. */
  skip(): void {
    if (this.#pbf.type === Wire.lengthDelimited) this.range();
    else this.#pbf.skip(this.#pbf.type);
  }
}
