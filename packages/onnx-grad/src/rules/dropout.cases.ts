import { type Case, check, constant, fixed, type Input, smooth } from '../testing/case.js';

const mode = (training: boolean): Input => fixed([], [training ? 1 : 0], 'bool');
const ratio = (value: number): Input => fixed([], [value]);

/** In training the mask is drawn anew in each run, which differences do not bear: those cases drop nothing (see also dropout.test.ts). */
export const dropoutCases: readonly Case[] = [
  check('Dropout', '', { inputs: [smooth(2, 3)], linear: true }),
  check('Dropout', 'mask', { inputs: [smooth(2, 3)], outputs: 2, used: [0], linear: true }),
  check('Dropout', 'ratio as attribute', { until: 11, inputs: [smooth(2, 3)], attributes: { ratio: { float: 0.25 } }, linear: true }),
  check('Dropout', 'ratio as input', { since: 12, inputs: [smooth(2, 3), constant(ratio(0.25))], linear: true }),
  check('Dropout', 'ratio computed at run time', { since: 12, inputs: [smooth(2, 3), ratio(0.25)] }),
  check('Dropout', 'training_mode false', { since: 12, inputs: [smooth(2, 3), undefined, constant(mode(false))], linear: true }),
  check('Dropout', 'training_mode true, ratio 0', {
    since: 12,
    inputs: [smooth(2, 3), constant(ratio(0)), constant(mode(true))],
    outputs: 2,
    used: [0],
    linear: true,
  }),
  check('Dropout', 'training_mode computed', {
    since: 12,
    inputs: [smooth(2, 3), constant(ratio(0.25)), mode(false)],
    outputs: 2,
    used: [0],
    linear: true,
  }),
  check('Dropout', 'training_mode true without a mask', {
    since: 12,
    inputs: [smooth(2, 3), undefined, constant(mode(true))],
    refused: /training_mode to be false \(export the model for inference\), or its second output, the mask, to be named/,
  }),
  check('Dropout', 'training_mode true, ratio differentiated', {
    since: 12,
    inputs: [smooth(2, 3), ratio(0.25), constant(mode(true))],
    wrt: [1],
    outputs: 2,
    used: [0],
    refused: /training_mode to be false \(export the model for inference\), or its ratio to be constant/,
  }),
];
