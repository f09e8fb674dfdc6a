import { between, type Case, check, smooth } from '../testing/case.js';

export const mathCases: readonly Case[] = [
  ...['Sin', 'Cos', 'Tan', 'Atan'].map((operator) => check(operator, '', { inputs: [smooth(2, 3, 4)] })),
  // Away from ±1, where the slopes have poles.
  ...['Asin', 'Acos'].map((operator) => check(operator, '', { inputs: [between(-0.6, 0.6, 2, 3, 4)] })),
  ...['Sinh', 'Cosh', 'Asinh', 'Erf'].map((operator) => check(operator, '', { since: 9, inputs: [smooth(2, 3, 4)] })),
  check('Atanh', '', { since: 9, inputs: [between(-0.6, 0.6, 2, 3, 4)] }),
  check('Acosh', '', { since: 9, inputs: [between(1.5, 3, 2, 3, 4)] }),
];
