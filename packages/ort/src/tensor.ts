import { GradcamError, type Tensor, type TensorData } from '@gradcam/core';
import type { Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import { runtimeError } from './words.js';

/**
 * The runtime's view of a tensor, without a copy of the data.
 *
 * @throws GradcamError `invalid-tensor` where the element type cannot be fed, `runtime` where data and shape disagree
 */
export function toOrt(create: TensorConstructor, name: string, tensor: Tensor): OrtTensor {
  if (tensor.type === 'string' || tensor.type === 'bfloat16') {
    throw new GradcamError(
      'invalid-tensor',
      `ONNX Runtime takes no ${tensor.type} tensors from JavaScript, but the input '${name}' is one; give numbers of another type.`,
    );
  }
  try {
    return new create(tensor.type, tensor.data, tensor.dims);
  } catch (error) {
    throw runtimeError(`The tensor for the input '${name}' (${tensor.type} [${tensor.dims.join(', ')}]) is not sound`, error);
  }
}

/**
 * Our view of a tensor of the runtime, without a copy where it already lies in main memory.
 *
 * @throws GradcamError `unsupported-model` for strings
 */
export async function fromOrt(name: string, tensor: OrtTensor): Promise<Tensor> {
  const data = await tensor.getData();
  const { type } = tensor;
  if (type === 'string' || type === 'int4' || type === 'uint4' || !isTensorData(data)) {
    throw new GradcamError('unsupported-model', `Expected numbers in the output '${name}', but its elements are of type ${type}.`);
  }
  return { type, dims: tensor.dims, data: type === 'float16' ? bits(data) : data };
}

/** Newer versions of Node.js have a Float16Array, which ONNX Runtime then returns; our half floats are their bits. */
function bits(data: TensorData): TensorData {
  return data instanceof Uint16Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.length);
}

function isTensorData(data: OrtTensor['data']): data is Exclude<OrtTensor['data'], string[]> {
  return ArrayBuffer.isView(data);
}
