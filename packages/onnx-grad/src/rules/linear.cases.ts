import { type Case, check, smooth } from '../testing/case.js';
import { weight } from '../testing/families.js';

const gemm = (title: string, a: number[], b: number[], attributes: Case['attributes'] = {}): Case =>
  check('Gemm', title, { inputs: [smooth(...a), smooth(...b), smooth(5)], attributes, linear: true });

const shapes: readonly (readonly [number[], number[]])[] = [
  [
    [2, 3],
    [3, 4],
  ],
  [
    [2, 3, 4],
    [2, 4, 3],
  ],
  [
    [2, 3, 4],
    [4, 5],
  ],
  [
    [3, 4],
    [2, 4, 5],
  ],
  [
    [2, 1, 3, 4],
    [2, 4, 3],
  ],
  [
    [1, 3, 4],
    [2, 4, 2],
  ],
  [
    [2, 3, 4],
    [1, 4, 2],
  ],
  [[3], [3, 4]],
  [[2, 3], [3]],
  [[3], [3]],
  [[3], [2, 3, 4]],
  [[2, 2, 3], [3]],
];

export const linearCases: readonly Case[] = [
  gemm('', [2, 3], [3, 5]),
  gemm('transA', [3, 2], [3, 5], { transA: 1 }),
  gemm('transB', [2, 3], [5, 3], { transB: 1 }),
  gemm('transA, transB', [3, 2], [5, 3], { transA: 1, transB: 1 }),
  gemm('alpha, beta', [2, 3], [3, 5], { alpha: { float: 0.5 }, beta: { float: -2 } }),
  check('Gemm', 'constant weight', { inputs: [smooth(2, 3), weight(5, 3), weight(5)], attributes: { transB: 1 }, linear: true }),
  check('Gemm', 'no C', { since: 11, inputs: [smooth(2, 3), smooth(3, 5)], linear: true }),
  check('Gemm', 'C a column', { inputs: [smooth(2, 3), smooth(3, 5), smooth(2, 1)], linear: true }),
  check('Gemm', 'C a scalar', { inputs: [smooth(2, 3), smooth(3, 5), smooth(1)], linear: true }),
  check('Gemm', 'C without axes, beta', {
    inputs: [smooth(2, 3), smooth(3, 5), smooth()],
    attributes: { beta: { float: 0.5 } },
    linear: true,
  }),
  check('Gemm', 'C a row', { inputs: [smooth(2, 3), smooth(3, 5), smooth(1, 5)], linear: true }),
  check('Gemm', 'C a matrix', { inputs: [smooth(2, 3), smooth(3, 5), smooth(2, 5)], linear: true }),
  ...shapes.map(([left, right]) =>
    check('MatMul', `[${left}] by [${right}]`, { inputs: [smooth(...left), smooth(...right)], linear: true }),
  ),
];
