import { GradcamError, type Tensor, type TensorData } from '@gradcam/core';
import { readBytes } from '../files/read.js';
import { MAX_NPY_HEADER_BYTES, MAX_TENSOR_BYTES } from '../limits.js';
import { parseNpyHeader } from './header.js';

/**
 * Reads an array that NumPy saved (`numpy.save`): numbers or booleans, little-endian, in C or Fortran order.
 *
 * @returns the tensor in row-major order; float16 as its bits
 * @throws GradcamError `not-found`, `invalid-tensor` or `limit`
 */
export async function readNpy(path: string): Promise<Tensor> {
  return parseNpy(await readBytes(path, { what: 'a .npy file', limit: MAX_TENSOR_BYTES + MAX_NPY_HEADER_BYTES }), path);
}

/**
 * The same of a file's bytes. The tensor may share their memory.
 *
 * @param name what to call them in messages
 * @throws GradcamError `invalid-tensor` or `limit`
 */
export function parseNpy(bytes: Uint8Array, name: string): Tensor {
  const { element, dims, fortranOrder, offset } = parseNpyHeader(bytes, name);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const [expected, actual] = [count * element.bytes, bytes.length - offset];
  if (actual !== expected) {
    throw new GradcamError(
      'invalid-tensor',
      `Expected ${expected} bytes of ${element.type} [${dims.join(', ')}] in '${name}', but there are ${actual}; save it again.`,
    );
  }
  const start = bytes.byteOffset + offset;
  // Old versions of NumPy aligned the elements to 16 bytes, but a typed array begins at a multiple of its element only.
  const data = start % element.bytes === 0 ? element.view(bytes.buffer, start, count) : element.view(bytes.slice(offset).buffer, 0, count);
  return { type: element.type, dims, data: fortranOrder ? toRowMajor(data, dims) : data };
}

/** Elements whose first index runs fastest, reordered so that the last one does. */
function toRowMajor<Data extends TensorData>(data: Data, dims: readonly number[]): Data {
  const result = data.slice() as Data;
  const index = new Array<number>(dims.length).fill(0);
  const strides = dims.map((_, axis) => dims.slice(0, axis).reduce((product, dim) => product * dim, 1));
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    result[to] = data[from] as Data[number];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const [position = 0, dim = 1, stride = 1] = [(index[axis] ?? 0) + 1, dims[axis], strides[axis]];
      index[axis] = position < dim ? position : 0;
      from += position < dim ? stride : stride * (1 - dim);
      if (position < dim) break;
    }
  }
  return result;
}
