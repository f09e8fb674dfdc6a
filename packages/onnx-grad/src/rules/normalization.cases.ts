import { type Case, check, constant, positive, smooth } from '../testing/case.js';
import { weight } from '../testing/families.js';

const batchNormalization = (...dims: number[]) => [smooth(...dims), weight(3), weight(3), weight(3), constant(positive(3))];

const lrn = (title: string, size: number, dims: number[], attributes: Case['attributes'] = {}): Case =>
  check('LRN', title, { inputs: [smooth(...dims)], attributes: { size, alpha: { float: 0.5 }, ...attributes } });

export const normalizationCases: readonly Case[] = [
  check('BatchNormalization', '', { inputs: batchNormalization(2, 3, 2, 2), linear: true }),
  check('BatchNormalization', 'one dimension', { inputs: batchNormalization(2, 3, 4), linear: true }),
  check('BatchNormalization', 'no dimension', { since: 9, inputs: batchNormalization(2, 3), linear: true }),
  check('BatchNormalization', 'epsilon, momentum', {
    inputs: batchNormalization(2, 3, 2, 2),
    attributes: { epsilon: { float: 0.1 }, momentum: { float: 0.5 } },
    linear: true,
  }),
  check('BatchNormalization', 'training_mode', {
    since: 14,
    inputs: batchNormalization(2, 3, 2, 2),
    attributes: { training_mode: 1 },
    outputs: 3,
    used: [0],
    refused: /training_mode.*export the model for inference/,
  }),
  lrn('size 3', 3, [2, 5, 2, 2]),
  lrn('size 1', 1, [2, 3, 2, 2]),
  lrn('beta, bias', 5, [2, 4, 2, 3], { beta: { float: 0.5 }, bias: { float: 2 } }),
  ...['Softmax', 'LogSoftmax'].flatMap((operator) => [
    check(operator, 'default axis', { inputs: [smooth(2, 3, 4)] }),
    check(operator, 'matrix', { inputs: [smooth(2, 5)] }),
    check(operator, 'axis 1', { inputs: [smooth(2, 3, 4)], attributes: { axis: 1 } }),
    check(operator, 'axis 2 of 4', { inputs: [smooth(2, 3, 2, 2)], attributes: { axis: 2 } }),
    check(operator, 'axis 0', { inputs: [smooth(2, 3)], attributes: { axis: 0 } }),
    check(operator, 'axis from the back', { since: 11, inputs: [smooth(2, 3, 2)], attributes: { axis: -2 } }),
  ]),
];
