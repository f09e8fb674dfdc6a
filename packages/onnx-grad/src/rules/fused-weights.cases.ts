import { type Case, check, constant, fixed, type Input, smooth } from '../testing/case.js';

const domain = 'com.microsoft';

const bytes = (...dims: number[]): Input => ({
  ...fixed(dims, [], 'uint8'),
  draw: (next) => Array.from({ length: dims.reduce((product, size) => product * size, 1) }, () => Math.floor(256 * next())),
  constant: true,
});

const quantized = (title: string, inputs: Case['inputs'], attributes: Case['attributes'] = {}, rest: Partial<Case> = {}): Case =>
  check('MatMulNBits', title, { domain, inputs, attributes: { K: 32, N: 3, block_size: 16, ...attributes }, linear: true, ...rest });

const [a, scales] = [smooth(2, 4, 32), constant(smooth(3, 2))];

/** Two outputs of 16 inputs in blocks of 16; four bits each. */
const table = (title: string, x: Input, attributes: Case['attributes'], rest: Partial<Case> = {}): Case =>
  check('MatMulBnb4', title, {
    domain,
    inputs: [x, bytes(16), constant(smooth(2))],
    attributes: { K: 16, N: 2, block_size: 16, ...attributes },
    linear: true,
    ...rest,
  });

export const fusedWeightCases: readonly Case[] = [
  quantized('four bits', [a, bytes(3, 2, 8), scales]),
  quantized('eight bits', [a, bytes(3, 2, 16), scales], { bits: 8 }),
  quantized('zero points', [a, bytes(3, 2, 8), scales, bytes(3, 1)]),
  quantized('zero points that are numbers', [a, bytes(3, 2, 8), scales, constant(smooth(3, 2))]),
  quantized('inputs that fill no block, a bias', [smooth(2, 4, 24), bytes(3, 2, 8), scales, undefined, undefined, constant(smooth(3))], {
    K: 24,
  }),
  table('eight numbers and their negatives', smooth(2, 3, 16), { quant_type: 0 }),
  table('quantiles', smooth(2, 3, 16), { quant_type: 1 }),
  table('quantiles, not transposed', smooth(2, 3, 2), { quant_type: 1, transB: 0 }, { refused: /transB to be 1/ }),
  table('a block that is not full', smooth(2, 3, 12), { K: 12, quant_type: 1 }, { refused: /a multiple of block_size 16/ }),
];
