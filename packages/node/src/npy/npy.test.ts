import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor, TensorData } from '@gradcam/core';
import { afterAll, describe, expect, it } from 'vitest';
import { parseNpy, readNpy } from './read.js';
import { encodeNpy } from './write.js';

const folder = mkdtempSync(join(tmpdir(), 'gradcam-npy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Written by NumPy 1.24.2 (`numpy.lib.format.write_array`). */
const NUMPY = {
  // numpy.array([[1.5, -2, 3], [4, 5, 6.25]], '<f4')
  float32:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEAAAIBAAACgQAAAyEA=',
  // numpy.array(2.5, '<f4')
  scalar:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAACBA',
  // numpy.array([1, 0, 1], '<f2')
  float16:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAPAAAADw=',
  // numpy.array([1, 0, 1], '|b1')
  bool: 'k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAE=',
  // numpy.asfortranarray(numpy.arange(24, dtype='<i4').reshape(2, 3, 4))
  fortran:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAADAAAAAQAAAAQAAAACAAAABQAAAABAAAADQAAAAUAAAARAAAACQAAABUAAAACAAAADgAAAAYAAAASAAAACgAAABYAAAADAAAADwAAAAcAAAATAAAACwAAABcAAAA=',
  // numpy.array([7], '<i8'), versions 2.0 and 3.0
  version2:
    'k05VTVBZAgB0AAAAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoHAAAAAAAAAA==',
  version3:
    'k05VTVBZAwB0AAAAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoHAAAAAAAAAA==',
} as const;

const numpy = (name: keyof typeof NUMPY) => new Uint8Array(Buffer.from(NUMPY[name], 'base64'));

/** A file with any header, to be refused. */
function file(header: string, data = new Uint8Array(0), version = 1): Uint8Array {
  const head = Buffer.alloc(version === 1 ? 10 : 12);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(header.length, 8);
  else head.writeUInt32LE(header.length, 8);
  return new Uint8Array(Buffer.concat([head, Buffer.from(header, 'latin1'), data]));
}

const refuses = (bytes: Uint8Array, words: string, code = 'invalid-tensor') =>
  expect(() => parseNpy(bytes, 'x.npy')).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));

describe('parseNpy', () => {
  it.each<[keyof typeof NUMPY, Tensor]>([
    ['float32', { type: 'float32', dims: [2, 3], data: Float32Array.of(1.5, -2, 3, 4, 5, 6.25) }],
    ['scalar', { type: 'float32', dims: [], data: Float32Array.of(2.5) }],
    ['float16', { type: 'float16', dims: [3], data: Uint16Array.of(0x3c00, 0, 0x3c00) }],
    ['bool', { type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) }],
    ['fortran', { type: 'int32', dims: [2, 3, 4], data: Int32Array.from({ length: 24 }, (_, index) => index) }],
    ['version2', { type: 'int64', dims: [1], data: BigInt64Array.of(7n) }],
    ['version3', { type: 'int64', dims: [1], data: BigInt64Array.of(7n) }],
  ])('reads what NumPy writes: %s', (name, tensor) => {
    expect(parseNpy(numpy(name), 'x.npy')).toEqual(tensor);
    // Also where the bytes lie at an odd place.
    const moved = new Uint8Array(numpy(name).length + 1);
    moved.set(numpy(name), 1);
    expect(parseNpy(moved.subarray(1), 'x.npy')).toEqual(tensor);
  });

  it('reads a file, and says which one is not there', async () => {
    writeFileSync(join(folder, 'a.npy'), numpy('scalar'));
    expect((await readNpy(join(folder, 'a.npy'))).data).toEqual(Float32Array.of(2.5));
    await expect(readNpy(join(folder, 'b.npy'))).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('a.npy') });
  });

  const header = (descr: string, shape: string, order = 'False') => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

  it('reads an empty array and long integers of Python 2', () => {
    expect(parseNpy(file(header("'<f4'", '(0, 3L)')), 'x.npy')).toEqual({ type: 'float32', dims: [0, 3], data: new Float32Array(0) });
    expect(parseNpy(file(header("'<f4'", '(0, 3)', 'True')), 'x.npy')).toEqual({
      type: 'float32',
      dims: [0, 3],
      data: new Float32Array(0),
    });
  });

  it.each<[string, Uint8Array, string, string?]>([
    ['no bytes', new Uint8Array(0), "'x.npy' is empty"],
    ['other bytes', new TextEncoder().encode('PK\x03\x04 a zip file'), 'does not begin as one'],
    ['version 9', file(header("'<f4'", '()'), new Uint8Array(4), 9), 'has the version 9'],
    ['a cut header', file(header("'<f4'", '()')).subarray(0, 40), 'ends within its header'],
    [
      'a header of 4 GB',
      Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 255),
      'has 4294967295 bytes; at most 10000',
      'limit',
    ],
    ['no dictionary', file('import os'), 'unreadable header "import os"'],
    ['no shape', file("{'descr': '<f4', 'fortran_order': False}"), 'unreadable header'],
    ['records', file(header("[('a', '<f4')]", '(1,)')), 'holds records'],
    ['big-endian numbers', file(header("'>f4'", '(1,)')), "array.astype('<f4')"],
    ['complex numbers', file(header("'<c16'", '(1,)')), 'NumPy\'s type "<c16"; known are float32'],
    ['text', file(header("'<U2'", '(1,)')), '"<U2"'],
    ['objects', file(header("'|O'", '(1,)')), '"|O"'],
    ['a negative size', file(header("'<f4'", '(-1,)')), 'unreadable header'],
    ['an impossible size', file(header("'<f4'", '(9007199254740993, 0)')), 'impossible shape'],
    ['no size', file(header("'<f4'", '(1,,2)')), 'impossible shape'],
    ['a product beyond all memory', file(header("'<f4'", '(65536, 65536, 65536, 65536)')), 'at most 2147483647 are read', 'limit'],
    ['33 dimensions', file(header("'<f4'", `(${'1, '.repeat(33)})`)), 'has 33 dimensions'],
    ['too few elements', file(header("'<f4'", '(2,)'), new Uint8Array(7)), "Expected 8 bytes of float32 [2] in 'x.npy', but there are 7"],
    ['too many', file(header("'<f4'", '(2,)'), new Uint8Array(9)), 'but there are 9'],
  ])('refuses %s', (_, bytes, words, code) => refuses(bytes, words, code));
});

describe('encodeNpy', () => {
  it.each(['float32', 'scalar', 'float16', 'bool'] as const)('writes what NumPy writes: %s', (name) => {
    expect(Buffer.from(encodeNpy(parseNpy(numpy(name), name)))).toEqual(Buffer.from(numpy(name)));
  });

  it.each<[Tensor['type'], TensorData]>([
    ['float64', Float64Array.of(9, Math.PI)],
    ['int8', Int8Array.of(9, -128)],
    ['uint8', Uint8Array.of(9, 255)],
    ['int16', Int16Array.of(9, -32768)],
    ['uint16', Uint16Array.of(9, 65535)],
    ['int32', Int32Array.of(9, -1)],
    ['uint32', Uint32Array.of(9, 2 ** 32 - 1)],
    ['int64', BigInt64Array.of(9n, -(2n ** 63n))],
    ['uint64', BigUint64Array.of(9n, 2n ** 64n - 1n)],
  ])('keeps %s, from the middle of a buffer', (type, data) => {
    const tensor = { type, dims: [1, 1], data: data.subarray(1) };
    expect(parseNpy(encodeNpy(tensor), 'x.npy')).toEqual(tensor);
  });

  it('refuses what NumPy has no type for, and what does not fit', () => {
    const encode = (tensor: Tensor) => () => encodeNpy(tensor);
    const code = (words: string) => expect.objectContaining({ code: 'invalid-tensor', message: expect.stringContaining(words) });
    expect(encode({ type: 'bfloat16', dims: [1], data: new Uint16Array(1) })).toThrow(code('type bfloat16; cast them'));
    expect(encode({ type: 'float32', dims: [2], data: new Float32Array(1) })).toThrow(code('do not fit'));
    expect(encode({ type: 'float16', dims: [1], data: new Float32Array(1) })).toThrow(code('do not fit'));
  });
});
