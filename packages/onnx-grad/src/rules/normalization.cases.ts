import { type Case, check, grid, smooth } from '../testing/case.js';

const lrn = (title: string, size: number, dims: number[], attributes: Case['attributes'] = {}): Case =>
  check('LRN', title, { inputs: [smooth(...dims)], attributes: { size, alpha: { float: 0.5 }, ...attributes } });

export const normalizationCases: readonly Case[] = [
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
  ...[1, 2].flatMap((p) => [
    check('LpNormalization', `p ${p}`, { inputs: [grid(2, 3, 4)], attributes: { p } }),
    check('LpNormalization', `p ${p}, axis 1`, { inputs: [grid(2, 3, 2)], attributes: { p, axis: 1 } }),
    check('LpNormalization', `p ${p}, axis 0`, { inputs: [grid(4, 3)], attributes: { p, axis: 0 } }),
  ]),
  check('LpNormalization', 'default p', { inputs: [grid(3, 4)] }),
  check('MeanVarianceNormalization', 'default axes', { inputs: [smooth(2, 3, 2, 2)] }),
  check('MeanVarianceNormalization', 'space', { since: 9, inputs: [grid(2, 3, 2, 3)], attributes: { axes: [2, 3] } }),
  check('MeanVarianceNormalization', 'channels', { since: 9, inputs: [smooth(2, 4, 3)], attributes: { axes: [1] } }),
  check('MeanVarianceNormalization', 'from the back', { since: 11, inputs: [smooth(2, 3, 4)], attributes: { axes: [-1] } }),
  ...[0, 1].flatMap((across_channels) =>
    [0, 1].map((normalize_variance) =>
      check('MeanVarianceNormalization', `across_channels ${across_channels}, normalize_variance ${normalize_variance}`, {
        until: 8,
        inputs: [smooth(2, 3, 2, 3)],
        attributes: { across_channels, normalize_variance },
        linear: normalize_variance === 0,
      }),
    ),
  ),
];
