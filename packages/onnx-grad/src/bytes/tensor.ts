import { PbfWriter } from 'pbf';
import { OnnxGradError } from '../errors.js';
import { type Constant, DataType, type ElementType, elementType } from '../graph/types.js';
import { MAX_CONSTANT_ELEMENTS } from '../limits.js';
import { TensorField } from './fields.js';
import { fromBrain, fromHalf, toBrain, toHalf } from './half.js';
import { MessageReader } from './reader.js';

/**
 * Decodes a small TensorProto; undefined for large ones and for types whose numbers nobody here needs.
 *
 * @param outside its numbers, where they do not lie in the model
 */
export function decodeTensor(bytes: Uint8Array, outside?: Uint8Array): Constant | undefined {
  const dims: number[] = [];
  const data: number[] = [];
  let code = 0;
  let raw = outside;
  const message = new MessageReader(bytes);
  message.fields((field) => {
    if (field === TensorField.dims) message.ints(dims);
    else if (field === TensorField.dataType) code = message.int();
    else if (field === TensorField.rawData) raw ??= message.raw();
  });
  const type = elementType(code);
  const count = dims.reduce((product, size) => product * size, 1);
  if (type === undefined || readers[type] === undefined || !(count <= MAX_CONSTANT_ELEMENTS)) return undefined;
  if (raw !== undefined) return decodeRaw(type, dims, count, raw);
  const typed = new MessageReader(bytes);
  typed.fields((field) => {
    if (field === TensorField.floatData) typed.floats(data);
    else if (field === TensorField.doubleData) typed.doubles(data);
    else if (field === TensorField.int32Data || field === TensorField.int64Data || field === TensorField.uint64Data) typed.ints(data);
  });
  if (data.length !== count) return undefined;
  if (type === 'float16' || type === 'bfloat16')
    return { type, dims, data: data.map((bits) => (type === 'float16' ? fromHalf(bits) : fromBrain(bits))) };
  return { type, dims, data };
}

type Reader = (view: DataView, at: number) => number;

/** How one element of each type is read from raw little-endian bytes, and its size. */
const readers: Partial<Record<ElementType, readonly [size: number, read: Reader]>> = {
  float32: [4, (view, at) => view.getFloat32(at, true)],
  float64: [8, (view, at) => view.getFloat64(at, true)],
  float16: [2, (view, at) => fromHalf(view.getUint16(at, true))],
  bfloat16: [2, (view, at) => fromBrain(view.getUint16(at, true))],
  int8: [1, (view, at) => view.getInt8(at)],
  uint8: [1, (view, at) => view.getUint8(at)],
  int16: [2, (view, at) => view.getInt16(at, true)],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  int32: [4, (view, at) => view.getInt32(at, true)],
  uint32: [4, (view, at) => view.getUint32(at, true)],
  int64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  uint64: [8, (view, at) => Number(view.getBigUint64(at, true))],
  bool: [1, (view, at) => view.getUint8(at)],
};

function decodeRaw(type: ElementType, dims: readonly number[], count: number, raw: Uint8Array): Constant | undefined {
  const reader = readers[type];
  if (reader === undefined) return undefined;
  const [size, read] = reader;
  if (raw.length !== size * count) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return { type, dims, data: Array.from({ length: count }, (_, index) => read(view, index * size)) };
}

type Writer = (view: DataView, at: number, value: number) => void;

/** Where int64 ends. Numbers near it were rounded to it when they were read: 2⁶³ − 1, the end of any axis, is one. */
const INT64_END = 2 ** 63;

const writers: Partial<Record<ElementType, readonly [size: number, write: Writer]>> = {
  float32: [4, (view, at, value) => view.setFloat32(at, value, true)],
  float64: [8, (view, at, value) => view.setFloat64(at, value, true)],
  float16: [2, (view, at, value) => view.setUint16(at, toHalf(value), true)],
  bfloat16: [2, (view, at, value) => view.setUint16(at, toBrain(value), true)],
  int8: [1, (view, at, value) => view.setInt8(at, value)],
  uint8: [1, (view, at, value) => view.setUint8(at, value)],
  int16: [2, (view, at, value) => view.setInt16(at, value, true)],
  uint16: [2, (view, at, value) => view.setUint16(at, value, true)],
  int32: [4, (view, at, value) => view.setInt32(at, value, true)],
  int64: [8, (view, at, value) => view.setBigInt64(at, value >= INT64_END ? 2n ** 63n - 1n : BigInt(value), true)],
  bool: [1, (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1)],
};

/** What rounds to infinity. */
const LARGEST: Partial<Record<ElementType, number>> = { float16: 65_520, bfloat16: 2 ** 128 - 2 ** 119, float32: 2 ** 128 - 2 ** 103 };

/** Encodes a TensorProto with raw little-endian data. */
export function encodeTensor({ type, dims, data }: Constant, name = ''): Uint8Array {
  const writer = writers[type];
  if (writer === undefined)
    throw new OnnxGradError(
      'unsupported-model',
      `the gradient needs a constant of type ${type}, which is not written; convert the model to float32`,
    );
  const [size, write] = writer;
  const raw = new Uint8Array(size * data.length);
  const view = new DataView(raw.buffer);
  let at = 0;
  const limit = LARGEST[type] ?? Number.POSITIVE_INFINITY;
  for (const value of data) {
    if (type === 'int64' && !Number.isInteger(value))
      throw new OnnxGradError(
        'invalid-model',
        `the gradient needs a size or position that comes to ${value}; are the shapes and attributes of the model sound?`,
      );
    if (Math.abs(value) >= limit && Number.isFinite(value))
      throw new OnnxGradError(
        'unsupported-model',
        `the gradient needs the constant ${value}, which ${type} cannot hold; convert the model to float32`,
      );
    write(view, at, value);
    at += size;
  }
  const pbf = new PbfWriter();
  for (const dim of dims) {
    writeInt(pbf, TensorField.dims, dim);
  }
  pbf.writeTag(TensorField.dataType, 0);
  pbf.writeVarint(DataType[type]);
  if (name !== '') writeText(pbf, TensorField.name, name);
  pbf.writeTag(TensorField.rawData, 2);
  pbf.writeBytes(raw);
  return pbf.finish();
}

/** Writes an integer field. @throws OnnxGradError for what is no int64, which only attributes and sizes that make no sense come to */
export function writeInt(pbf: PbfWriter, field: number, value: number): void {
  if (!Number.isInteger(value) || Math.abs(value) > INT64_END)
    throw new OnnxGradError(
      'invalid-model',
      `the gradient needs a size or attribute that comes to ${value}; are the shapes and attributes of the model sound?`,
    );
  pbf.writeTag(field, 0);
  if (value < INT64_END) {
    pbf.writeVarint(value);
    return;
  }
  pbf.realloc(9);
  pbf.buf.set([255, 255, 255, 255, 255, 255, 255, 255, 127], pbf.pos);
  pbf.pos += 9;
}

/** Writes a string field. */
export function writeText(pbf: PbfWriter, field: number, text: string): void {
  pbf.writeTag(field, 2);
  pbf.writeString(text);
}

/** One string field. */
export function textField(field: number, text: string): Uint8Array {
  const pbf = new PbfWriter();
  writeText(pbf, field, text);
  return pbf.finish();
}
