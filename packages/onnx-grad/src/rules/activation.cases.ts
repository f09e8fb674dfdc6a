import { type Case, check, constant, fixed, grid, smooth } from '../testing/case.js';

const bound = (value: number) => constant(fixed([], [value]));

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
  check('Clip', 'a bound that is differentiated', {
    since: 11,
    inputs: [grid(2, 3), fixed([], [-0.5])],
    wrt: [1],
    refused: /input 1 \('x1'\) to be constant, or independent of it/,
  }),
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
  check('HardSigmoid', 'default', { inputs: [grid(2, 3, 12)] }),
  check('HardSigmoid', 'alpha 0.5, beta 0.25', { inputs: [grid(2, 3, 12)], attributes: { alpha: { float: 0.5 }, beta: { float: 0.25 } } }),
  check('HardSwish', '', { since: 14, inputs: [grid(2, 3, 12)] }),
];
