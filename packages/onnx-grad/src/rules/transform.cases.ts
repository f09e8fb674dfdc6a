import { type Case, check, constant, fixed, type Input, smooth } from '../testing/case.js';

/** A constant without axes. */
const scalar = (value: number): Input => constant(fixed([], [value], 'int64'));

/** A transform in both forms of the operator: its axis an attribute, and an input. */
function dft(
  title: string,
  x: Input,
  axis: number,
  attributes: Case['attributes'] = {},
  length?: number,
  rest: Partial<Case> = {},
): Case[] {
  const dftLength = length === undefined ? undefined : scalar(length);
  return [
    check('DFT', title, { since: 17, until: 19, inputs: [x, dftLength], attributes: { ...attributes, axis }, linear: true, ...rest }),
    check('DFT', `${title}, axis as input`, { since: 20, inputs: [x, dftLength, scalar(axis)], attributes, linear: true, ...rest }),
  ];
}

const stft = (title: string, inputs: Case['inputs'], rest: Partial<Case> = {}): Case =>
  check('STFT', title, { since: 17, inputs, linear: true, ...rest });

export const transformCases: readonly Case[] = [
  check('Det', '', { since: 11, inputs: [smooth(3, 3)], anyBatch: false }),
  check('Det', 'a stack', { since: 11, inputs: [smooth(2, 2, 3, 3)] }),
  check('Det', '2 by 2', { since: 11, inputs: [smooth(2, 2, 2)] }),
  check('Det', '4 by 4', { since: 11, inputs: [smooth(1, 4, 4)] }),
  check('Det', 'a number', { since: 11, inputs: [smooth(2, 1, 1)] }),
  ...dft('real', smooth(2, 4, 1), 1),
  ...dft('complex', smooth(2, 5, 2), 1),
  ...dft('inverse', smooth(2, 4, 2), 1, { inverse: 1 }),
  ...dft('inverse of real', smooth(2, 4, 1), 1, { inverse: 1 }),
  ...dft('onesided, even', smooth(2, 4, 1), 1, { onesided: 1 }),
  ...dft('onesided, odd', smooth(2, 5, 1), 1, { onesided: 1 }),
  ...dft('a negative axis', smooth(2, 3, 4, 2), -3),
  ...dft('the second axis', smooth(2, 3, 4, 1), 2, { onesided: 1 }),
  ...dft('rows', smooth(3, 2, 2), 0),
  ...dft('longer', smooth(2, 3, 2), 1, {}, 5),
  ...dft('shorter', smooth(2, 6, 1), 1, {}, 4),
  ...dft('shorter, onesided', smooth(2, 6, 1), 1, { onesided: 1 }, 4),
  // The axis is an input of the model.
  ...[1, -2].flatMap((axis) =>
    [{}, { onesided: 1 }, { inverse: 1, onesided: 1 }].map((attributes) =>
      check('DFT', `axis ${axis} computed, ${Object.keys(attributes)}`, {
        since: 20,
        inputs: [smooth(2, 4, 'inverse' in attributes ? 2 : 1), undefined, fixed([], [axis], 'int64')],
        attributes,
        linear: true,
      }),
    ),
  ),
  check('DFT', 'longer, axis computed', {
    since: 20,
    inputs: [smooth(2, 3, 2), scalar(5), fixed([], [1], 'int64')],
    linear: true,
  }),
  check('DFT', 'default axis', { since: 20, inputs: [smooth(2, 4, 2)], linear: true }),
  check('DFT', 'real numbers from half of a spectrum', {
    since: 20,
    inputs: [smooth(2, 4, 2)],
    attributes: { inverse: 1, onesided: 1 },
    linear: true,
  }),
  stft('', [smooth(2, 12, 1), scalar(3), undefined, scalar(4)]),
  stft('window', [smooth(2, 11, 1), scalar(2), smooth(4), scalar(4)]),
  stft('window, constant', [smooth(2, 11, 1), scalar(4), constant(smooth(4))]),
  stft('step and length computed', [smooth(2, 12, 1), fixed([], [3], 'int64'), smooth(4), fixed([], [4], 'int64')]),
  stft('both sides', [smooth(2, 11, 1), scalar(2), constant(smooth(5))], { attributes: { onesided: 0 } }),
];
