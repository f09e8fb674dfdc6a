import { type Case, check, smooth } from '../testing/case.js';

const domain = 'com.microsoft';

export const fusedActivationCases: readonly Case[] = [
  check('Gelu', "ONNX Runtime's own", { domain, since: 9, inputs: [smooth(2, 3, 4)] }),
  check('BiasGelu', '', { domain, since: 9, inputs: [smooth(2, 3, 4), smooth(4)] }),
  check('FastGelu', '', { domain, inputs: [smooth(2, 3, 4)] }),
  check('FastGelu', 'with a bias', { domain, inputs: [smooth(2, 3, 4), smooth(4)] }),
  check('QuickGelu', '', { domain, inputs: [smooth(2, 3, 4)] }),
  check('QuickGelu', 'alpha 1: SiLU', { domain, inputs: [smooth(2, 3, 4)], attributes: { alpha: { float: 1 } } }),
];
