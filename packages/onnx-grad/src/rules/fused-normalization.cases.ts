import { between, type Case, check, smooth } from '../testing/case.js';

const domain = 'com.microsoft';

const skip = (operator: string, title: string, inputs: Case['inputs'], rest: Partial<Case> = {}): Case =>
  check(operator, title, { domain, inputs, attributes: { epsilon: { float: 1e-5 } }, ...rest });

// Wide, since the derivatives of a normalisation grow as the deviation falls.
const x = between(-3, 3, 2, 3, 5);
const [gamma, beta, bias] = [smooth(5), smooth(5), smooth(5)];

export const fusedNormalizationCases: readonly Case[] = [
  skip('SkipLayerNormalization', '', [x, x, gamma, beta]),
  skip('SkipLayerNormalization', 'no beta, epsilon', [x, x, gamma], { attributes: { epsilon: { float: 0.1 } } }),
  skip('SkipLayerNormalization', 'a skip without batch', [x, between(-3, 3, 3, 5), gamma, beta]),
  skip('SkipLayerNormalization', 'a skip of one row', [x, between(-3, 3, 1, 3, 5), gamma, beta]),
  skip('SkipLayerNormalization', 'bias, and the sum as an output', [x, x, gamma, beta, bias], { outputs: 4, used: [0, 3] }),
  skip('SkipLayerNormalization', 'the sum alone', [x, x, gamma], { outputs: 4, used: [3], wrt: [0, 1], linear: true }),
  skip('SkipSimplifiedLayerNormalization', '', [x, x, gamma]),
  skip('SkipSimplifiedLayerNormalization', 'bias, and the sum as an output', [x, x, gamma, bias], { outputs: 4, used: [0, 3] }),
  check('SimplifiedLayerNormalization', '', { inputs: [x, gamma] }),
  check('SimplifiedLayerNormalization', 'axis 1', { inputs: [x, between(-3, 3, 3, 5)], attributes: { axis: 1, epsilon: { float: 0.1 } } }),
];
