import { Tensor } from 'onnxruntime-node';
import { fromHalf, toHalf } from '../bytes/half.js';
import { type Constant, DataType, type ElementType } from '../graph/types.js';

/** The element type that ONNX Runtime names so. */
export function elementTypeOf(name: string): ElementType {
  const known = Object.keys(DataType).find((type): type is ElementType => type === name);
  if (known === undefined) throw new TypeError(`an element type that tests do not use: ${name}`);
  return known;
}

/** Numbers as ONNX Runtime takes them. */
export function toTensor({ type, dims, data }: Constant): Tensor {
  if (type === 'float32') return new Tensor('float32', Float32Array.from(data), dims);
  if (type === 'float64') return new Tensor('float64', Float64Array.from(data), dims);
  if (type === 'float16') return new Tensor('float16', Uint16Array.from(data, toHalf), dims);
  if (type === 'int64') return new Tensor('int64', BigInt64Array.from(data, BigInt), dims);
  if (type === 'int32') return new Tensor('int32', Int32Array.from(data), dims);
  if (type === 'int16') return new Tensor('int16', Int16Array.from(data), dims);
  if (type === 'uint16') return new Tensor('uint16', Uint16Array.from(data), dims);
  if (type === 'int8') return new Tensor('int8', Int8Array.from(data), dims);
  if (type === 'uint8') return new Tensor('uint8', Uint8Array.from(data), dims);
  if (type === 'bool') return new Tensor('bool', Uint8Array.from(data), dims);
  throw new TypeError(`tests feed no ${type}`);
}

/** Numbers as ONNX Runtime gives them. */
export function fromTensor({ type, data, dims }: Tensor): Constant {
  const numbers: number[] = [];
  // Node.js before 24 has no Float16Array: there the elements are bits.
  const bits = type === 'float16' && data instanceof Uint16Array;
  for (const value of data) numbers.push(bits ? fromHalf(Number(value)) : Number(value));
  return { type: elementTypeOf(type), dims, data: numbers };
}

/** Numbers as a floating-point type holds them: whole ones stay, others get more bits than float32 has where the type has them. */
export function rounded(data: readonly number[], type: ElementType): readonly number[] {
  if (type === 'float16') return data.map((value) => fromHalf(toHalf(value)));
  return type === 'float64' ? data.map((value) => (Number.isInteger(value) ? value : value * (1 + 2 ** -36))) : data;
}

/** The numbers in another order or for other elements: the tensor that keeps type and shape. */
export function withData(tensor: Constant, data: readonly number[]): Constant {
  return { ...tensor, data };
}

/** How many elements a tensor of these sizes has. */
export function count(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}
