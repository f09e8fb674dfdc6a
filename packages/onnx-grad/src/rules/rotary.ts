import type { Value } from '../build/builder.js';
import { reshapeTo } from '../build/rows.js';
import { addAlong, rowsLike } from './indexing-places.js';
import { type Rule, rule, type VjpContext } from './rule.js';

interface RotaryAttributes {
  readonly heads: number;
  /** How many numbers of each head are turned; 0: all. */
  readonly turned: number;
  readonly interleaved: boolean;
}

type Context = VjpContext<RotaryAttributes>;

/** A table of angles or positions, [rows, positions, …], with as many rows as there are cotangents. */
function forRows(c: Context, table: Value): Value {
  const rows = c.dims(table)[0];
  return typeof rows === 'number' && rows > 1 ? table : rowsLike(c.b, table, c.g);
}

/** What a table gets from g ⊙ x: the sum over the heads and over both numbers of each pair, where its angle was taken from. */
function toTable(c: Context, product: Value, table: Value): Value {
  const { b } = c;
  const { heads, turned, interleaved } = c.attributes;
  const apart = c.rank(c.x) === 4 ? b.transpose(product, [0, 2, 1, 3]) : b.reshape(product, [0, 0, heads, -1]);
  const part = turned === 0 ? apart : b.slice(apart, 3, 0, turned);
  const pairs = b.reshape(part, interleaved ? [0, 0, 0, -1, 2] : [0, 0, 0, 2, -1]);
  const angles = b.sum(pairs, [2, interleaved ? 4 : 3], false);
  const at = c.optional(3);
  return at === undefined ? angles : addAlong(b, reshapeTo(b, angles, [-1, [table, 1, 2]]), at, 0, table);
}

/** Rotary position embeddings. */
export const rotaryRules: readonly Rule[] = [
  // Pairs (p, q) become (p cos − q sin, p sin + q cos), by angles that depend on the position.
  rule('RotaryEmbedding', {
    since: 23,
    attributes: (a): RotaryAttributes => ({
      heads: a.int('num_heads', 0),
      turned: a.int('rotary_embedding_dim', 0),
      interleaved: a.int('interleaved', 0) === 1,
    }),
    rows: (c) => !c.wanted.has(1) && !c.wanted.has(2),
    vjp: [
      // The transpose turns them back, by the sines' negatives.
      (c) => {
        const [cos, sin, at] = [c.input(1), c.input(2), c.optional(3)];
        if (at !== undefined) return c.b.again(c.node, [c.g, cos, c.b.neg(sin), forRows(c, at)]);
        return c.b.again(c.node, [c.g, forRows(c, cos), c.b.neg(forRows(c, sin))]);
      },
      (c) => toTable(c, c.b.mul(c.g, c.x), c.input(1)),
      // The derivative by a sine: (−q, p), the pair turned by a quarter.
      (c) => {
        const zeros = c.b.zerosLike(c.input(1));
        const quarter = c.b.again(c.node, [c.x, zeros, c.b.shift(zeros, 1), c.optional(3) ?? '']);
        return toTable(c, c.b.mul(c.g, quarter), c.input(2));
      },
    ],
  }),
];
