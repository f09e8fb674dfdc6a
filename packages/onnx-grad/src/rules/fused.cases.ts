import { type Case, check, constant, fixed, grid, type Input, smooth } from '../testing/case.js';
import { weight } from '../testing/families.js';
import { fusedActivationCases } from './fused-activation.cases.js';
import { fusedAttentionCases } from './fused-attention.cases.js';
import { fusedNormalizationCases } from './fused-normalization.cases.js';
import { fusedOtherCases } from './fused-others.cases.js';
import { fusedWeightCases } from './fused-weights.cases.js';

const domain = 'com.microsoft';

const conv = (title: string, inputs: Case['inputs'], attributes: Case['attributes'] = {}, rest: Partial<Case> = {}): Case =>
  check('FusedConv', title, { domain, inputs, attributes, ...rest });

/** A grid and its negative side by side: what comes before an activation with kinks is on the grid too. */
const mirrored: readonly Input[] = [grid(2, 1, 3, 3), constant(fixed([2, 1, 1, 1], [1, -1]))];

const gemm = (title: string, inputs: Case['inputs'], attributes: Case['attributes'] = {}, rest: Partial<Case> = {}): Case =>
  check('FusedGemm', title, { domain, inputs, attributes, ...rest });

const matmul = (title: string, left: Input, right: Input, attributes: Case['attributes'] = {}): Case =>
  check('FusedMatMul', title, { domain, inputs: [left, right], attributes, linear: true });

export const fusedCases: readonly Case[] = [
  conv('no activation', [smooth(2, 2, 4, 4), weight(3, 2, 3, 3), weight(3)], {}, { linear: true }),
  conv('Sigmoid, a border, no bias', [smooth(2, 2, 4, 4), weight(3, 2, 3, 3)], { activation: 'Sigmoid', pads: [1, 1, 1, 1] }),
  conv('Tanh, groups, an addend', [smooth(2, 2, 4, 4), weight(4, 1, 3, 3), weight(4), smooth(2, 4, 2, 2)], {
    activation: 'Tanh',
    group: 2,
  }),
  conv(
    'Sigmoid, weight, bias and an addend',
    [smooth(2, 2, 4, 4), smooth(3, 2, 3, 3), smooth(3), smooth(2, 3, 2, 2)],
    { activation: 'Sigmoid', kernel_shape: [3, 3] },
    { needsIfSymbolic: 11 },
  ),
  conv('Relu', mirrored, { activation: 'Relu' }),
  conv('LeakyRelu', mirrored, { activation: 'LeakyRelu', activation_params: { floats: [0.3] } }),
  conv('HardSigmoid', mirrored, { activation: 'HardSigmoid', activation_params: { floats: [0.5, 0.5] } }),
  conv('Clip', mirrored, { activation: 'Clip', activation_params: { floats: [-0.5, 0.75] } }),
  gemm('Sigmoid', [smooth(2, 3), smooth(3, 4), smooth(4)], { activation: 'Sigmoid' }),
  gemm('Tanh, transposed, alpha, beta', [smooth(3, 2), smooth(4, 3), smooth(2, 4)], {
    activation: 'Tanh',
    transA: 1,
    transB: 1,
    alpha: { float: 0.5 },
    beta: { float: 2 },
  }),
  gemm('LeakyRelu', [grid(4, 2), constant(fixed([2, 2], [1, 0, 0, -1]))], {
    activation: 'LeakyRelu',
    activation_alpha: { float: 0.3 },
  }),
  matmul('plain', smooth(2, 3), smooth(3, 4)),
  matmul('alpha', smooth(2, 3, 4), smooth(4, 2), { alpha: { float: 0.125 } }),
  matmul('transA', smooth(2, 4, 3), smooth(2, 4, 2), { transA: 1 }),
  matmul('transB, broadcast', smooth(2, 1, 3, 4), smooth(3, 2, 4), { transB: 1 }),
  matmul('both transposed', smooth(4, 3), smooth(2, 4), { transA: 1, transB: 1, alpha: { float: -2 } }),
  matmul('transBatchA', smooth(3, 2, 4), smooth(2, 4, 3), { transBatchA: 1 }),
  matmul('transBatchB', smooth(2, 3, 4), smooth(4, 2, 3), { transBatchB: 1 }),
  matmul('transBatchA and transA', smooth(4, 2, 3), smooth(2, 4, 3), { transBatchA: 1, transA: 1 }),
  matmul('transBatchB and transB', smooth(2, 3, 4), smooth(5, 2, 4), { transBatchB: 1, transB: 1 }),
  check('TransposeMatMul', '', { domain, inputs: [smooth(2, 4, 3), smooth(2, 4, 2)], attributes: { transA: 1 }, linear: true }),
  ...fusedActivationCases,
  ...fusedAttentionCases,
  ...fusedNormalizationCases,
  ...fusedOtherCases,
  ...fusedWeightCases,
];
