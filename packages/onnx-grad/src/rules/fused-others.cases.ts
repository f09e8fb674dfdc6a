import { type Case, check, constant, fixed, type Input, ints, smooth } from '../testing/case.js';

const domain = 'com.microsoft';

/** A square matrix near the unit matrix, so that its inverse is not large. */
const regular = (size: number, stack: number): Input => ({
  ...smooth(stack, size, size),
  draw: (next) =>
    Array.from({ length: stack * size * size }, (_, index) => next() / 4 + (Math.floor(index / size) % size === index % size ? 2 : 0)),
});

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
];
