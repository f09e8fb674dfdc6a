import { GradcamError } from '../errors.js';
import { type ImageInput, inputDims, shapeText } from '../model/input.js';
import type { Tensor } from '../runtime/runtime.js';

/** @throws GradcamError `invalid-tensor` where a tensor has not the type and shape of the model's input */
export function checkInput(input: ImageInput, { type, dims }: Tensor): void {
  const { name } = input;
  const expected = inputDims(input);
  const fits =
    dims.length === 4 && expected.slice(1).every((size, axis) => typeof size !== 'number' || size === dims[axis + 1]) && (dims[0] ?? 0) > 0;
  if (!fits) throw new GradcamError('invalid-tensor', `expected input '${name}' shaped ${shapeText(expected)}, but got ${shapeText(dims)}`);
  if (type !== input.type) throw new GradcamError('invalid-tensor', `expected input '${name}' of type ${input.type}, but got ${type}`);
}

/** Number of images of a batch. */
export function rowsOf({ dims }: Tensor): number {
  return dims[0] ?? 0;
}

/** One image of a batch, as a batch of one. */
export function takeRow(tensor: Tensor, row: number): Tensor {
  if (rowsOf(tensor) === 1) return tensor;
  const { type, dims, data } = tensor;
  const length = dims.slice(1).reduce((product, size) => product * size, 1);
  return { type, dims: [1, ...dims.slice(1)], data: data.subarray(row * length, (row + 1) * length) };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Height and width of the pictures of a batch. */
export function spaceOf({ layout }: ImageInput, { dims }: Tensor): Size {
  const [height = 1, width = 1] = layout === 'NCHW' ? dims.slice(2) : dims.slice(1);
  return { width, height };
}
