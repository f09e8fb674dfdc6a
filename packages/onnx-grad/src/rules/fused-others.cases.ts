import { type Case, check, constant, fixed, type Input, ints, smooth } from '../testing/case.js';

const domain = 'com.microsoft';

/** A square matrix near the unit matrix, so that its inverse is not large. */
const regular = (size: number, stack: number): Input => ({
  ...smooth(stack, size, size),
  draw: (next) =>
    Array.from({ length: stack * size * size }, (_, index) => next() / 4 + (Math.floor(index / size) % size === index % size ? 2 : 0)),
});

const bytes = (...dims: number[]): Input => ({
  ...fixed(dims, [], 'uint8'),
  draw: (next) => Array.from({ length: dims.reduce((product, size) => product * size, 1) }, () => Math.floor(256 * next())),
  constant: true,
});

const quantized = (title: string, inputs: Case['inputs'], attributes: Case['attributes'] = {}, rest: Partial<Case> = {}): Case =>
  check('MatMulNBits', title, { domain, inputs, attributes: { K: 32, N: 3, block_size: 16, ...attributes }, linear: true, ...rest });

const [a, scales] = [smooth(2, 4, 32), constant(smooth(3, 2))];

export const fusedOtherCases: readonly Case[] = [
  check('Inverse', '', { domain, inputs: [regular(3, 2)] }),
  check('Trilu', "ONNX Runtime's own", { domain, inputs: [smooth(2, 3, 4)], linear: true, needs: 14 }),
  check('Trilu', 'lower, shifted', {
    domain,
    inputs: [smooth(2, 3, 4), constant(fixed([], [1], 'int64'))],
    attributes: { upper: 0 },
    linear: true,
    needs: 14,
  }),
  check('ConvTransposeWithDynamicPads', '', {
    domain,
    inputs: [smooth(2, 2, 4, 4), constant(smooth(2, 3, 3, 3)), ints(1, 0, 1, 1)],
    attributes: { strides: [2, 2] },
    linear: true,
  }),
  quantized('four bits', [a, bytes(3, 2, 8), scales]),
  quantized('eight bits', [a, bytes(3, 2, 16), scales], { bits: 8 }),
  quantized('zero points', [a, bytes(3, 2, 8), scales, bytes(3, 1)]),
  quantized('zero points that are numbers', [a, bytes(3, 2, 8), scales, constant(smooth(3, 2))]),
  quantized('inputs that fill no block, a bias', [smooth(2, 4, 24), bytes(3, 2, 8), scales, undefined, undefined, constant(smooth(3))], {
    K: 24,
  }),
];
