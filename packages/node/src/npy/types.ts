import type { ElementType, TensorData } from '@gradcam/core';

/** An element type that .npy files and our tensors share. */
export interface NpyType {
  readonly type: ElementType;
  /** NumPy's `dtype.str`; `|` where the order of bytes means nothing. */
  readonly descr: string;
  readonly bytes: number;
  /** Elements over a part of a buffer; the offset must be a multiple of `bytes`. */
  view(buffer: ArrayBufferLike, offset: number, length: number): TensorData;
}

/** bfloat16 is missing since NumPy has none, and so are strings. */
export const NPY_TYPES: readonly NpyType[] = [
  { type: 'float32', descr: '<f4', bytes: 4, view: (buffer, offset, length) => new Float32Array(buffer, offset, length) },
  { type: 'float64', descr: '<f8', bytes: 8, view: (buffer, offset, length) => new Float64Array(buffer, offset, length) },
  { type: 'float16', descr: '<f2', bytes: 2, view: (buffer, offset, length) => new Uint16Array(buffer, offset, length) },
  { type: 'int8', descr: '|i1', bytes: 1, view: (buffer, offset, length) => new Int8Array(buffer, offset, length) },
  { type: 'uint8', descr: '|u1', bytes: 1, view: (buffer, offset, length) => new Uint8Array(buffer, offset, length) },
  { type: 'int16', descr: '<i2', bytes: 2, view: (buffer, offset, length) => new Int16Array(buffer, offset, length) },
  { type: 'uint16', descr: '<u2', bytes: 2, view: (buffer, offset, length) => new Uint16Array(buffer, offset, length) },
  { type: 'int32', descr: '<i4', bytes: 4, view: (buffer, offset, length) => new Int32Array(buffer, offset, length) },
  { type: 'uint32', descr: '<u4', bytes: 4, view: (buffer, offset, length) => new Uint32Array(buffer, offset, length) },
  { type: 'int64', descr: '<i8', bytes: 8, view: (buffer, offset, length) => new BigInt64Array(buffer, offset, length) },
  { type: 'uint64', descr: '<u8', bytes: 8, view: (buffer, offset, length) => new BigUint64Array(buffer, offset, length) },
  { type: 'bool', descr: '|b1', bytes: 1, view: (buffer, offset, length) => new Uint8Array(buffer, offset, length) },
];
