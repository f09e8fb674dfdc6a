import { GradcamError, type Tensor } from '@gradcam/core';
import { NPY_TYPES } from './types.js';

/** NumPy aligns the elements to this many bytes. */
const ALIGNMENT = 64;

/** Bytes before the text of the header: the magic string, the version 1.0, the length of the text. */
const PREFIX = 10;

/**
 * A tensor as the bytes of a .npy file (version 1.0), as `numpy.load` reads it.
 *
 * @throws GradcamError `invalid-tensor` for element types that NumPy does not have (bfloat16, string), and where data and shape disagree
 */
export function encodeNpy(tensor: Tensor): Uint8Array {
  const { type, dims, data } = tensor;
  const element = NPY_TYPES.find((candidate) => candidate.type === type);
  if (element === undefined)
    throw new GradcamError('invalid-tensor', `A .npy file cannot hold elements of type ${type}; cast them to float32 first.`);
  if (data.length !== dims.reduce((product, dim) => product * dim, 1) || data.BYTES_PER_ELEMENT !== element.bytes) {
    throw new GradcamError(
      'invalid-tensor',
      `The tensor ${type} [${dims.join(', ')}] has ${data.byteLength} bytes, which do not fit its shape.`,
    );
  }

  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const dictionary = `{'descr': '${element.descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const offset = Math.ceil((PREFIX + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(offset + data.byteLength);
  const header = Buffer.from(bytes.buffer);
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(offset - PREFIX, PREFIX - 2);
  header.write(`${dictionary.padEnd(offset - PREFIX - 1)}\n`, PREFIX, 'latin1');
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
  return bytes;
}
