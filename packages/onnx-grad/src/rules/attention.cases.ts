import { type Case, check, fixed, type Input, smooth } from '../testing/case.js';
import { rotaryCases } from './rotary.cases.js';

/** Attention of operator set 23 on; `needs` nothing of an older one. */
const attention = (title: string, inputs: Case['inputs'], attributes: Case['attributes'] = {}, rest: Partial<Case> = {}): Case =>
  check('Attention', title, { since: 23, inputs, attributes, ...rest });

const four = [smooth(2, 3, 4, 5), smooth(2, 3, 6, 5), smooth(2, 3, 6, 2)];
const three = [smooth(2, 4, 6), smooth(2, 5, 6), smooth(2, 5, 9)];
const heads = { q_num_heads: 3, kv_num_heads: 3 };

/** True for two of three keys, the first among them. */
const booleans = (...dims: number[]): Input =>
  fixed(
    dims,
    Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) => (index % 3 === 2 ? 0 : 1)),
    'bool',
  );

/** A mask of numbers for 4 queries and 6 keys that hides every other key. */
const infinite = fixed(
  [4, 6],
  Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? -Infinity : index / 10)),
);

export const attentionCases: readonly Case[] = [
  attention('four axes', four),
  attention('three axes', three, heads),
  attention('scale, softcap', four, { scale: { float: 0.7 }, softcap: { float: 0.5 } }),
  attention('fewer heads of keys than of queries', [smooth(2, 4, 3, 2), smooth(2, 2, 5, 2), smooth(2, 2, 5, 3)]),
  attention('fewer heads of keys than of queries, three axes', [smooth(2, 3, 8), smooth(2, 5, 4), smooth(2, 5, 6)], {
    q_num_heads: 4,
    kv_num_heads: 2,
  }),
  attention('causal', four, { is_causal: 1 }),
  attention('mask of two axes', [...four, smooth(4, 6)]),
  attention('mask of three axes', [...four, smooth(3, 4, 6)]),
  attention('mask of four axes', [...four, smooth(2, 1, 4, 6)]),
  attention('mask with infinite numbers', [...four, infinite], {}, { wrt: [0, 1, 2] }),
  attention('boolean mask', [...four, booleans(4, 6)]),
  attention('boolean mask of four axes, causal', [...four, booleans(2, 1, 4, 6)], { is_causal: 1 }),
  attention(
    'past and present, causal',
    [...four.slice(0, 3), undefined, smooth(2, 3, 2, 5), smooth(2, 3, 2, 2)],
    { is_causal: 1 },
    { outputs: 3 },
  ),
  attention('past and present, three axes', [...three, undefined, smooth(2, 3, 2, 2), smooth(2, 3, 2, 3)], heads, { outputs: 3 }),
  ...[0, 1, 2, 3].map((mode) =>
    attention(
      `scores as an output, mode ${mode}`,
      [...four, smooth(4, 6)],
      { qk_matmul_output_mode: mode, softcap: { float: 0.5 } },
      { outputs: 4, used: [0, 3] },
    ),
  ),
  attention(
    'keys that are padding',
    [...four, undefined, undefined, undefined, fixed([2], [4, 6], 'int64')],
    {},
    { since: 24, anyBatch: false },
  ),
  ...rotaryCases,
];
