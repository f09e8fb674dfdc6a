import type { Value } from '../build/builder.js';
import { sizesOf } from '../build/rows.js';
import { type Rule, rule, type VjpContext } from './rule.js';

/** A table of angles or positions, [rows, positions, …], with as many rows as there are cotangents. */
function forRows(c: VjpContext<unknown>, table: Value): Value {
  const { b } = c;
  const rows = c.dims(table)[0];
  if (typeof rows === 'number' && rows > 1) return table;
  return b.expand(table, b.concat([b.sizes(c.g, 0, 1), sizesOf(b, table, 1)], 0));
}

/** Rotary position embeddings. */
export const rotaryRules: readonly Rule[] = [
  // Pairs of numbers turned by angles that depend on the position: the transpose turns them back, by the sines' negatives.
  rule('RotaryEmbedding', {
    since: 23,
    rows: (c) => !c.wanted.has(1) && !c.wanted.has(2),
    vjp: [
      (c) => {
        const { b } = c;
        const [cos, sin, at] = [c.input(1), c.input(2), c.optional(3)];
        if (at !== undefined) return b.again(c.node, [c.g, cos, b.neg(sin), forRows(c, at)]);
        return b.again(c.node, [c.g, forRows(c, cos), b.neg(forRows(c, sin))]);
      },
    ],
  }),
];
