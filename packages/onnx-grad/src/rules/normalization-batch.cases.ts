import { type Case, check, constant, type Input, positive, smooth } from '../testing/case.js';
import { weight } from '../testing/families.js';

/** x beside constant parameters. */
const constants = (...dims: number[]): Input[] => [smooth(...dims), weight(3), weight(3), weight(3), constant(positive(3))];

/** All of them fed. @param of the sizes of a parameter */
const fed = (dims: readonly number[], of: readonly number[] = [3]): Input[] => [
  smooth(...dims),
  ...[1, 2, 3].map(() => smooth(...of)),
  positive(...of),
];

const training = { since: 14, attributes: { training_mode: 1 }, outputs: 3, used: [0] };

export const batchNormalizationCases: readonly Case[] = [
  check('BatchNormalization', '', { inputs: constants(2, 3, 2, 2), linear: true }),
  check('BatchNormalization', 'one dimension', { inputs: constants(2, 3, 4), linear: true }),
  check('BatchNormalization', 'no dimension', { since: 9, inputs: constants(2, 3), linear: true }),
  check('BatchNormalization', 'epsilon, momentum', {
    inputs: constants(2, 3, 2, 2),
    attributes: { epsilon: { float: 0.1 }, momentum: { float: 0.5 } },
    linear: true,
  }),
  check('BatchNormalization', 'parameters', { inputs: fed([2, 3, 2, 2]) }),
  check('BatchNormalization', 'parameters, no dimension, epsilon', {
    since: 9,
    inputs: fed([2, 3]),
    attributes: { epsilon: { float: 0.1 } },
  }),
  check('BatchNormalization', 'a parameter for each position', { until: 8, inputs: fed([2, 3, 4], [3, 4]), attributes: { spatial: 0 } }),
  check('BatchNormalization', 'training_mode', { ...training, inputs: fed([3, 3, 2, 2]), wrt: [0, 1, 2] }),
  check('BatchNormalization', 'training_mode, no dimension', {
    ...training,
    inputs: fed([5, 3]),
    wrt: [0, 1, 2],
    attributes: { training_mode: 1, epsilon: { float: 0.1 } },
  }),
  check('BatchNormalization', 'training_mode, a running statistic', {
    ...training,
    inputs: fed([2, 3, 2]),
    wrt: [3],
    refused: /running statistic/,
  }),
  check('BatchNormalization', 'training_mode, the running statistics', {
    ...training,
    inputs: fed([3, 3, 2]),
    used: [0, 1, 2],
    attributes: { training_mode: 1, momentum: { float: 0.75 } },
  }),
  check('BatchNormalization', 'training_mode, the running statistics alone', {
    ...training,
    inputs: constants(3, 3, 2),
    used: [1, 2],
    attributes: { training_mode: 1, momentum: { float: 0.25 } },
  }),
];
