import { GradcamError } from '@gradcam/core';
import { MAX_NPY_HEADER_BYTES, MAX_TENSOR_BYTES, MAX_TENSOR_RANK } from '../limits.js';
import { NPY_TYPES, type NpyType } from './types.js';

/** What stands before the elements of a .npy file. */
export interface NpyHeader {
  readonly element: NpyType;
  readonly dims: readonly number[];
  /** Whether the first index runs fastest. */
  readonly fortranOrder: boolean;
  /** Where the elements begin, in bytes. */
  readonly offset: number;
}

const MAGIC = '\x93NUMPY';

/**
 * The header of a .npy file of version 1 to 3 (numpy.lib.format): a Python dictionary as text, of which exactly the
 * three entries that NumPy writes are understood.
 *
 * @throws GradcamError `invalid-tensor` or `limit`
 */
export function parseNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const refuse = (why: string) => new GradcamError('invalid-tensor', `Expected a .npy file, but '${name}' ${why}.`);
  const text = (start: number, end: number) => Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  const [major = 0, lowest = 0, low = 0, high = 0, highest = 0] = [bytes[6], bytes[8], bytes[9], bytes[10], bytes[11]];
  if (bytes.length < 12 || text(0, MAGIC.length) !== MAGIC) throw refuse(bytes.length === 0 ? 'is empty' : 'does not begin as one');
  if (major < 1 || major > 3) throw refuse(`has the version ${major} of the format; 1 to 3 are known`);

  const start = major === 1 ? 10 : 12;
  const length = lowest + low * 2 ** 8 + (major === 1 ? 0 : high * 2 ** 16 + highest * 2 ** 24);
  if (length > MAX_NPY_HEADER_BYTES)
    throw new GradcamError('limit', `The header of '${name}' has ${length} bytes; at most ${MAX_NPY_HEADER_BYTES} are read.`);
  if (start + length > bytes.length) throw refuse('ends within its header');

  const header = text(start, start + length).trim();
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape'\s*:\s*\(([\dL,\s]*)\)/.exec(header)?.[1];
  if (!header.startsWith('{') || !header.endsWith('}') || order === undefined || shape === undefined)
    throw refuse(`has the unreadable header ${quote(header)}`);
  if (descr === undefined) throw refuse('holds records; save one plain array of numbers');

  const element = findType(descr, refuse);
  const dims = parseShape(shape, refuse);
  const size = dims.reduce((product, dim) => product * dim, element.bytes);
  if (size > MAX_TENSOR_BYTES)
    throw new GradcamError('limit', `The array in '${name}' has ${size} bytes; at most ${MAX_TENSOR_BYTES} are read.`);
  return { element, dims, fortranOrder: order === 'True', offset: start + length };
}

function findType(descr: string, refuse: (why: string) => GradcamError): NpyType {
  const element = NPY_TYPES.find((candidate) => candidate.descr === descr);
  if (element !== undefined) return element;
  if (descr.startsWith('>'))
    throw refuse(`has its bytes in the order of ${quote(descr)}; save it little-endian: array.astype('<${descr.slice(1, 4)}')`);
  throw refuse(`has elements of NumPy's type ${quote(descr)}; known are ${NPY_TYPES.map(({ type }) => type).join(', ')}`);
}

function parseShape(shape: string, refuse: (why: string) => GradcamError): number[] {
  // Python 2 wrote long integers as `3L`.
  const parts = shape.split(',').map((part) => part.trim().replace(/L$/, ''));
  if (parts.at(-1) === '') parts.pop();
  if (parts.length > MAX_TENSOR_RANK) throw refuse(`has ${parts.length} dimensions; at most ${MAX_TENSOR_RANK} are read`);
  return parts.map((part) => {
    const dim = /^\d+$/.test(part) ? Number(part) : Number.NaN;
    // Also where another dimension is 0, so that no product ever leaves the safe integers unseen.
    if (!(dim <= MAX_TENSOR_BYTES)) throw refuse(`has the impossible shape (${shape.slice(0, 100)})`);
    return dim;
  });
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
