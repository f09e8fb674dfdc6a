import { GradcamError, type ImageInput, shapeText, type Tensor } from '@gradcam/core';

/**
 * A tensor from a file as the model's input. It is taken as it is; only the axis of the batch may be left out.
 *
 * @throws GradcamError `invalid-tensor` where type or shape are not the input's
 */
export function asInput(tensor: Tensor, input: ImageInput, name: string): Tensor {
  const { layout, channels, height, width, batch } = input;
  const picture = layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
  const dims = tensor.dims.length === picture.length ? [1, ...tensor.dims] : tensor.dims;
  const [rows = 0, ...rest] = dims;
  const fits = rest.length === picture.length && picture.every((size, axis) => typeof size !== 'number' || size === rest[axis]);
  if (!fits || rows === 0 || rest.includes(0) || (typeof batch === 'number' && rows !== batch))
    throw new GradcamError(
      'invalid-tensor',
      `expected '${name}' in the shape of the model's input '${input.name}', ${shapeText([batch, ...picture])}, but it is ${shapeText(tensor.dims)}`,
    );
  if (tensor.type !== input.type)
    throw new GradcamError(
      'invalid-tensor',
      `expected '${name}' to hold ${input.type}, the type of the model's input '${input.name}', but it holds ${tensor.type}; convert it: array.astype('${input.type}')`,
    );
  return { ...tensor, dims };
}
