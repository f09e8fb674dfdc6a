import { type Case, check, fixed, type Input, smooth } from '../testing/case.js';

const rotary = (title: string, inputs: readonly Input[], attributes: Case['attributes'] = {}, rest: Partial<Case> = {}): Case =>
  check('RotaryEmbedding', title, { since: 23, inputs, attributes, linear: true, ...rest });

/** The tables or positions beside an input of four axes have the batch's rows too. */
const anyBatch = false;

/** Angles' cosines and sines: any numbers do. */
const tables = (...dims: number[]): Input[] => [smooth(...dims), smooth(...dims)];

const positions = fixed([2, 3], [0, 3, 2, 4, 1, 1], 'int64');

export const rotaryCases: readonly Case[] = [
  rotary('four axes', [smooth(2, 2, 3, 4), ...tables(2, 3, 2)], {}, { anyBatch }),
  rotary('three axes', [smooth(2, 3, 8), ...tables(2, 3, 2)], { num_heads: 2 }),
  rotary('three axes, the input alone', [smooth(2, 3, 8), ...tables(2, 3, 2)], { num_heads: 2 }, { wrt: [0] }),
  rotary('positions', [smooth(2, 2, 3, 4), ...tables(5, 2), positions], {}, { anyBatch }),
  rotary('interleaved', [smooth(2, 2, 3, 4), ...tables(2, 3, 2)], { interleaved: 1 }, { anyBatch }),
  rotary('a part of each head', [smooth(2, 2, 3, 6), ...tables(5, 2), positions], { rotary_embedding_dim: 4 }, { anyBatch }),
];
