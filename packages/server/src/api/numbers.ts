import { GradcamError, type ImageInput, inTypeOf, type Tensor } from '@gradcam/core';
import { asInput } from '@gradcam/jobs';
import { oneOf } from '../stages/read.js';

/** Batch, channels, height and width. */
const MAX_RANK = 4;

/** Nested arrays of numbers as the network's input. @throws GradcamError `invalid-tensor` */
export function tensorOf(values: readonly unknown[], input: ImageInput, name: string): Tensor {
  const dims: number[] = [];
  for (let at: unknown = values; Array.isArray(at) && dims.length <= MAX_RANK; at = at[0]) dims.push(at.length);
  const refusal = `expected '${name}' to be finite numbers in rows of the same length, in the shape of the model's input`;
  if (dims.length > MAX_RANK) throw new GradcamError('invalid-tensor', refusal);
  // Looks at the shape alone. What the first rows claim is believed once all rows are there.
  const { dims: shape } = asInput({ type: 'float32', dims, data: new Float32Array(0) }, { ...input, type: 'float32' }, name);
  const numbers: number[] = [];
  const collect = (value: unknown, axis: number): boolean => {
    if (axis < dims.length) return Array.isArray(value) && value.length === dims[axis] && value.every((part) => collect(part, axis + 1));
    return typeof value === 'number' && Number.isFinite(Math.fround(value)) && numbers.push(value) > 0;
  };
  if (!collect(values, 0)) throw new GradcamError('invalid-tensor', refusal);
  return oneOf(inTypeOf({ type: 'float32', dims: shape, data: Float32Array.from(numbers) }, input), name);
}
