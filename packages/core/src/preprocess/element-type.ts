import { toHalf } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { ImageInput } from '../model/input.js';
import type { Tensor } from '../runtime/runtime.js';

/**
 * A preprocessed picture, float32, in the element type of the model's input: float16 to the nearest, ties to even; integers rounded, and cut at
 * the ends of their range.
 *
 * @throws GradcamError `unsupported-model` for other types
 */
export function inTypeOf(tensor: Tensor, { name, type }: Pick<ImageInput, 'name' | 'type'>): Tensor {
  const { dims, data } = tensor;
  if (type === tensor.type) return tensor;
  const numbers = Float32Array.from(data, Number);
  switch (type) {
    case 'float16':
      return { type, dims, data: Uint16Array.from(numbers, toHalf) };
    case 'float64':
      return { type, dims, data: Float64Array.from(numbers) };
    case 'uint8':
      return { type, dims, data: Uint8Array.from(Uint8ClampedArray.from(numbers)) };
    case 'int8':
      return { type, dims, data: Int8Array.from(numbers, (value) => Math.max(-128, Math.min(127, Math.round(value)))) };
    default:
      throw new GradcamError(
        'unsupported-model',
        `the model's input '${name}' takes ${type}, but pictures can be given as float32, float16, float64, uint8 or int8; export the model with such an input, or give a tensor of ${type}`,
      );
  }
}
