import { type Case, check, constant, fixed, grid, smooth } from '../testing/case.js';

const bound = (value: number) => constant(fixed([], [value]));

/** So far from the bounds that both may move. */
const spread = fixed([2, 3], [-1.5, -1, -0.25, 0.25, 1, 1.5]);

export const activationCases: readonly Case[] = [
  check('Relu', '', { inputs: [grid(2, 3, 4)] }),
  check('LeakyRelu', 'default alpha', { inputs: [grid(2, 3, 4)] }),
  check('LeakyRelu', 'alpha 0.3', { inputs: [grid(2, 3, 4)], attributes: { alpha: { float: 0.3 } } }),
  check('LeakyRelu', 'negative alpha', { inputs: [grid(2, 3, 4)], attributes: { alpha: { float: -0.5 } } }),
  check('PRelu', 'slope by channel', { inputs: [grid(2, 3, 4), smooth(3, 1)] }),
  check('PRelu', 'one slope', { inputs: [grid(2, 3, 4), smooth(1)] }),
  check('PRelu', 'slope of the last axis', { inputs: [grid(2, 3, 4), smooth(4)] }),
  check('PRelu', 'constant slope', { inputs: [grid(2, 3, 4), constant(smooth(3, 1))] }),
  check('Clip', 'both bounds as attributes', {
    until: 10,
    inputs: [grid(2, 3, 4)],
    attributes: { min: { float: -0.5 }, max: { float: 0.75 } },
  }),
  check('Clip', 'min as attribute', { until: 10, inputs: [grid(2, 3, 4)], attributes: { min: { float: -0.5 } } }),
  check('Clip', 'max as attribute', { until: 10, inputs: [grid(2, 3, 4)], attributes: { max: { float: 0.5 } } }),
  check('Clip', 'no attribute', { until: 10, inputs: [grid(2, 3, 4)] }),
  check('Clip', 'both bounds', { since: 11, inputs: [grid(2, 3, 4), bound(-0.5), bound(0.75)] }),
  check('Clip', 'bounds that are differentiated', { since: 11, inputs: [spread, fixed([], [-0.5]), fixed([], [0.75])] }),
  check('Clip', 'min alone, differentiated', { since: 11, inputs: [spread, fixed([], [-0.5])] }),
  check('Clip', 'max alone, differentiated', { since: 11, inputs: [spread, undefined, fixed([], [0.5])] }),
  check('Clip', 'the upper bound below the lower one', { since: 11, inputs: [spread, fixed([], [0.5]), fixed([], [-0.5])] }),
  check('Clip', 'bounds computed', {
    wrt: [0],
    since: 11,
    inputs: [grid(2, 3, 4), fixed([], [-0.5]), fixed([], [0.75])],
  }),
  check('Clip', 'min alone', { since: 11, inputs: [grid(2, 3, 4), bound(-0.5)] }),
  check('Clip', 'max alone', { since: 11, inputs: [grid(2, 3, 4), undefined, bound(0.5)] }),
  check('Clip', 'no bound', { since: 11, inputs: [grid(2, 3, 4)] }),
  check('Sigmoid', '', { inputs: [smooth(2, 3, 4)] }),
  check('Tanh', '', { inputs: [smooth(2, 3, 4)] }),
  ...['Softplus', 'Selu', 'Softsign', 'Elu'].map((operator) => check(operator, 'default', { inputs: [grid(2, 3, 4)] })),
  check('Elu', 'alpha 0.5', { inputs: [grid(2, 3, 4)], attributes: { alpha: { float: 0.5 } } }),
  check('Selu', 'alpha, gamma', { inputs: [grid(2, 3, 4)], attributes: { alpha: { float: 0.5 }, gamma: { float: 2 } } }),
  check('Celu', 'default', { since: 12, inputs: [grid(2, 3, 4)] }),
  check('Celu', 'alpha 2', { since: 12, inputs: [grid(2, 3, 4)], attributes: { alpha: { float: 2 } } }),
  check('ThresholdedRelu', 'default', { inputs: [grid(2, 3, 4)] }),
  check('ThresholdedRelu', 'alpha 0.25', { inputs: [grid(2, 3, 4)], attributes: { alpha: { float: 0.25 } } }),
  check('Shrink', 'default', { since: 9, inputs: [grid(2, 3, 4)] }),
  check('Shrink', 'lambd, bias', { since: 9, inputs: [grid(2, 3, 4)], attributes: { lambd: { float: 0.25 }, bias: { float: 0.75 } } }),
  check('Mish', '', { since: 18, inputs: [smooth(2, 3, 4)] }),
  check('Gelu', 'default', { since: 20, inputs: [smooth(2, 3, 4)] }),
  check('Gelu', 'none', { since: 20, inputs: [smooth(2, 3, 4)], attributes: { approximate: 'none' } }),
  check('Gelu', 'tanh', { since: 20, inputs: [smooth(2, 3, 4)], attributes: { approximate: 'tanh' } }),
  check('Swish', 'default', { since: 24, until: 25, inputs: [smooth(2, 3, 4)] }),
  check('Swish', 'alpha 1.5', { since: 24, until: 25, inputs: [smooth(2, 3, 4)], attributes: { alpha: { float: 1.5 } } }),
  check('HardSigmoid', 'default', { inputs: [grid(2, 3, 12)] }),
  check('HardSigmoid', 'alpha 0.5, beta 0.25', { inputs: [grid(2, 3, 12)], attributes: { alpha: { float: 0.5 }, beta: { float: 0.25 } } }),
  check('HardSwish', '', { since: 14, inputs: [grid(2, 3, 12)] }),
];
