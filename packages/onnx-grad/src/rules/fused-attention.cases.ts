import { type Case, check, fixed, type Input, smooth } from '../testing/case.js';

const domain = 'com.microsoft';

const cases =
  (operator: string) =>
  (title: string, inputs: Case['inputs'], attributes: Case['attributes'] = {}, rest: Partial<Case> = {}): Case =>
    check(operator, title, { domain, inputs, attributes: { num_heads: 2, ...attributes }, ...rest });

const packed = cases('Attention');
const apart = cases('MultiHeadAttention');

/** Queries, keys and values of two heads of 3, 3 and 2 numbers. */
const [input, weights, bias] = [smooth(2, 3, 4), smooth(4, 18), smooth(18)];
const [query, key, value] = [smooth(2, 3, 6), smooth(2, 5, 6), smooth(2, 5, 4)];

const mask = (dims: readonly number[], data: readonly number[]): Input => fixed(dims, data, 'int32');

/** Counting to a size that is known only at run time is an operator of set 11. */
const counts = { needsIfSymbolic: 11 };

export const fusedAttentionCases: readonly Case[] = [
  packed('', [input, weights, bias]),
  packed('scale', [input, weights, bias], { scale: { float: 0.4 } }),
  packed('sizes', [input, smooth(4, 16), smooth(16)], { qkv_hidden_sizes: [6, 6, 4] }),
  packed(
    'mask of keys',
    [input, weights, bias, mask([2, 3], [1, 1, 0, 1, 0, 1])],
    { mask_filter_value: { float: -2 } },
    { anyBatch: false },
  ),
  packed(
    'mask of queries and keys',
    [input, weights, bias, mask([2, 3, 3], [1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1])],
    {},
    { anyBatch: false },
  ),
  packed(
    'unidirectional, a bias of the scores',
    [input, weights, bias, undefined, undefined, smooth(2, 2, 3, 3)],
    { unidirectional: 1 },
    { anyBatch: false, ...counts },
  ),
  packed('a mask that counts', [input, weights, bias, mask([2], [2, 3])], {}, { anyBatch: false, refused: /the mask to be of 2 or 3/ }),
  packed(
    'a past',
    [input, weights, bias, undefined, smooth(2, 2, 2, 4, 3)],
    {},
    { outputs: 2, used: [0], anyBatch: false, refused: /past to be left out/ },
  ),
  apart('', [query, key, value]),
  apart('bias, scale', [query, key, value, smooth(16)], { scale: { float: 0.4 } }, { needsIfSymbolic: 13 }),
  apart('keys and values with heads', [query, smooth(2, 2, 5, 3), smooth(2, 2, 5, 3)], {}, { anyBatch: false }),
  apart('mask of keys', [query, key, value, undefined, mask([2, 5], [1, 1, 0, 1, 1, 1, 0, 1, 1, 1])], {}, { anyBatch: false }),
  apart('a bias of the scores', [query, key, value, undefined, undefined, smooth(1, 2, 3, 5)], {}, { anyBatch: false }),
  apart(
    'unidirectional, past and present',
    [query, smooth(2, 3, 6), smooth(2, 3, 6), undefined, undefined, undefined, smooth(2, 2, 2, 3), smooth(2, 2, 2, 3)],
    { unidirectional: 1 },
    { outputs: 3, anyBatch: false, ...counts },
  ),
];
