import { PbfWriter } from 'pbf';
import { MessageReader } from '../../bytes/reader.js';

/** A kind of message: which of its fields are messages again. */
type Kind = Readonly<Record<number, string>>;

/** The messages of an ONNX file, as far as mutations look into them. */
const kinds: Readonly<Record<string, Kind>> = {
  model: { 7: 'graph', 8: 'opset', 14: 'entry', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 11: 'value', 12: 'value', 13: 'value', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 11: 'graph' },
  function: { 7: 'node', 9: 'opset', 11: 'attribute' },
  value: { 2: 'type' },
  type: { 1: 'tensorType' },
  tensorType: { 2: 'shape' },
  shape: { 1: 'dimension' },
  dimension: {},
  tensor: { 13: 'entry' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  opset: {},
  entry: {},
};

/** One field of a message: where it lies, tag included, and what it holds. */
export interface Field {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** Content of a length-delimited field; undefined for numbers. */
  readonly content: Uint8Array | undefined;
  /** What message it holds; undefined for numbers, strings and bytes. */
  readonly kind: string | undefined;
}

/** The fields of a sound message. */
export function fieldsOf(bytes: Uint8Array, kind: string): Field[] {
  const fields: Field[] = [];
  const message = new MessageReader(bytes);
  message.fields((number) => {
    const start = message.fieldStart;
    let content: Uint8Array | undefined;
    // The low three bits of the tag say how the content is laid out: 2 is delimited by its length.
    if (((bytes[start] ?? 0) & 7) === 2) content = message.raw();
    else message.skip();
    fields.push({ number, start, end: message.position, content, kind: content && kinds[kind]?.[number] });
  });
  return fields;
}

/** A field of a number, of any size and sign. */
export function varint(number: number, value: bigint): Uint8Array {
  const bytes = [...tag(number, 0)];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

/** What begins a field. */
export function tag(number: number, wire: number): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeTag(number, wire);
  return pbf.finish();
}
