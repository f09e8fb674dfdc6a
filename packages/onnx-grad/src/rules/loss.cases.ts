import { type Case, check, constant, fixed, type Input, positive, smooth } from '../testing/case.js';

const labels = (dims: readonly number[], data: readonly number[]): Input => fixed(dims, data, 'int64');

const matrix: readonly Input[] = [smooth(3, 4), labels([3], [0, 2, 1])];
const map: readonly Input[] = [smooth(2, 3, 2, 2), labels([2, 2, 2], [0, 2, 1, 1, 2, 0, 2, 2])];

/** As many labels as examples: the model holds for no other batch. */
const batch = { anyBatch: false } as const;

const losses = (operator: string, rest: Partial<Case>): Case[] => [
  ...['none', 'mean', 'sum'].flatMap((reduction) => [
    check(operator, reduction, { ...rest, inputs: matrix, attributes: { reduction } }),
    check(operator, `${reduction}, weights`, { ...rest, inputs: [...matrix, positive(4)], attributes: { reduction }, linear: false }),
    check(operator, `${reduction}, space, constant weights`, {
      ...rest,
      inputs: [...map, constant(positive(3))],
      attributes: { reduction },
    }),
    check(operator, `${reduction}, space, weights, a class ignored`, {
      ...rest,
      inputs: [...map, positive(3)],
      attributes: { reduction, ignore_index: 2 },
      linear: false,
    }),
  ]),
  check(operator, 'default reduction, a class ignored', { ...rest, inputs: matrix, attributes: { ignore_index: 1 } }),
  check(operator, 'a label that is no class ignored', {
    ...rest,
    inputs: [smooth(3, 4), labels([3], [-1, 2, 0])],
    attributes: { ignore_index: -1 },
  }),
  check(operator, 'labels of 32 bits', { ...rest, inputs: [smooth(3, 4), fixed([3], [0, 2, 1], 'int32')] }),
];

export const lossCases: readonly Case[] = [
  ...losses('NegativeLogLikelihoodLoss', { since: 12, linear: true, ...batch }),
  ...losses('SoftmaxCrossEntropyLoss', { since: 12, ...batch }),
  check('SoftmaxCrossEntropyLoss', 'loss and log_prob', { since: 12, ...batch, inputs: map, outputs: 2 }),
  check('SoftmaxCrossEntropyLoss', 'log_prob alone', { since: 12, ...batch, inputs: matrix, outputs: 2, used: [1] }),
  check('SoftmaxCrossEntropyLoss', 'none, loss and log_prob', {
    since: 12,
    ...batch,
    inputs: map,
    outputs: 2,
    attributes: { reduction: 'none' },
  }),
];
