// Tensors between a safetensors file, plain numbers and ONNX Runtime. A tensor here: { type, dims, data }, numbers in double precision.
import { readFileSync } from 'node:fs';
import { Tensor } from 'onnxruntime-node';

/** Each element type: its name in a safetensors file, its array, and where numbers are kept in bits how they are read and written. */
const types = {
  float32: { name: 'F32', array: Float32Array, bits: 24 },
  float64: { name: 'F64', array: Float64Array, bits: 53 },
  float16: { name: 'F16', array: Uint16Array, bits: 11, read: fromHalf, write: toHalf },
  int8: { name: 'I8', array: Int8Array },
  uint8: { name: 'U8', array: Uint8Array },
  int16: { name: 'I16', array: Int16Array },
  uint16: { name: 'U16', array: Uint16Array },
  int32: { name: 'I32', array: Int32Array },
  uint32: { name: 'U32', array: Uint32Array },
  int64: { name: 'I64', array: BigInt64Array, write: BigInt },
  uint64: { name: 'U64', array: BigUint64Array, write: BigInt },
  bool: { name: 'BOOL', array: Uint8Array },
};

export const count = (dims) => dims.reduce((product, size) => product * size, 1);

export const isFloat = ({ type }) => types[type]?.bits !== undefined;

/** Half the distance between 1 and the next number of a floating-point type. */
export const rounding = (type) => 2 ** -types[type].bits;

/** A number as a type holds it. */
export function rounded(type, value) {
  if (type === 'float32') return Math.fround(value);
  return type === 'float16' ? fromHalf(toHalf(value)) : value;
}

/** The tensors of a file (huggingface.co/docs/safetensors): a length, a JSON header, the data. */
export function readSafetensors(path) {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  const tensors = new Map();
  for (const [name, { dtype, shape, data_offsets: range }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const type = Object.keys(types).find((key) => types[key].name === dtype);
    if (type === undefined) throw new Error(`ONNX Runtime's JavaScript interface takes no ${dtype}, and '${name}' is one`);
    const raw = bytes.buffer.slice(bytes.byteOffset + 8 + length + range[0], bytes.byteOffset + 8 + length + range[1]);
    tensors.set(name, { type, dims: shape, data: numbers(type, new types[type].array(raw)) });
  }
  return tensors;
}

const numbers = (type, array) => Array.from(array, types[type].read ?? Number);

export function toOrt({ type, dims, data }) {
  const { array, write } = types[type];
  return new Tensor(type, array.from(data, write), dims);
}

export function fromOrt({ type, dims, data }) {
  if (types[type] === undefined) throw new Error(`tensors of ${type} are not read here`);
  return { type, dims, data: numbers(type, data) };
}

/** IEEE 754 binary16 bits to a number. */
export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** A number to the nearest binary16's bits, by search among the 31 744 finite sizes, which lie in order. */
function toHalf(value) {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  let [low, high] = [0, 0x7bff];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fromHalf(middle) <= size) low = middle;
    else high = middle - 1;
  }
  const [below, above] = [size - fromHalf(low), fromHalf(low + 1) - size];
  return sign | (above < below || (above === below && low % 2 === 1) ? low + 1 : low);
}
