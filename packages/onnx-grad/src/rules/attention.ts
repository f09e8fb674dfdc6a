import type { Value } from '../build/builder.js';
import { range } from '../build/indices.js';
import { sizesOf } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { attend, joined, merged, repeated, splitHeads } from './attention-core.js';
import { composite, type Expansion } from './composite.js';
import { rotaryRules } from './rotary.js';
import type { Rule, RuleContext } from './rule.js';

interface AttentionAttributes {
  readonly queryHeads: number | undefined;
  readonly keyHeads: number | undefined;
  readonly scale: number | undefined;
  readonly softcap: number;
  readonly causal: boolean;
  /** Which of the scores the output qk_matmul_output holds. */
  readonly mode: number;
}

const parse = (a: Attributes): AttentionAttributes => {
  for (const name of ['left_window_size', 'right_window_size'])
    if (a.int(name, -1) !== -1) throw a.refuse(name, String(a.int(name, -1)), '-1: give the window as attn_mask');
  return {
    queryHeads: a.has('q_num_heads') ? a.int('q_num_heads', 0) : undefined,
    keyHeads: a.has('kv_num_heads') ? a.int('kv_num_heads', 0) : undefined,
    scale: a.has('scale') ? a.float('scale', 0) : undefined,
    softcap: a.float('softcap', 0),
    causal: a.int('is_causal', 0) === 1,
    mode: a.int('qk_matmul_output_mode', 0),
  };
};

/** Rows stay apart as long as a mask is not differentiated: it may be the same for all. */
const apart = ({ wanted }: RuleContext<unknown>): boolean => !wanted.has(3);

/** Attention, and what turns queries and keys by their positions. */
export const attentionRules: readonly Rule[] = [
  // softmax(softcap(scale · Q·Kᵀ) + mask) · V for each head; past keys and values come before the new ones.
  composite('Attention', {
    attributes: parse,
    inputs: [0, 1, 2, 3, 4, 5],
    rows: apart,
    expand: (e) => {
      const { queryHeads, keyHeads, scale, softcap, mode } = e.attributes;
      const query = splitHeads(e, e.x, queryHeads);
      const key = joined(e, e.optional(4), splitHeads(e, e.input(1), keyHeads));
      const value = joined(e, e.optional(5), splitHeads(e, e.input(2), keyHeads));
      const mask = e.optional(3);
      const boolean = mask !== undefined && e.b.typeOf(mask) === 'bool';
      const { scores, output } = attend(e, query, repeated(e, key, query), repeated(e, value, query), {
        scale,
        softcap,
        bias: boolean ? undefined : mask,
        allowed: [boolean ? mask : undefined, ...positional(e, query, key)],
      });
      return [e.rank(e.x) === 3 ? merged(e, output, e.dims(e.y)) : output, key, value, scores[mode]];
    },
  }),
  ...rotaryRules,
];

/** Where a query may look, by its position and by how many keys there are: boolean tensors that broadcast to the scores. */
function positional(e: Expansion<AttentionAttributes>, query: Value, key: Value): Value[] {
  const { b } = e;
  const present = e.optional(6);
  const counted = present === undefined ? undefined : b.reshape(present, [-1, 1, 1, 1]);
  const keys = sizesOf(b, key, 2, 3);
  const at = range(b, 0, keys, 1);
  const found = counted === undefined ? [] : [b.less(at, counted)];
  if (!e.attributes.causal) return found;
  const queries = sizesOf(b, query, 2, 3);
  // The last query stands at the last key: of those that are no padding, of past and new ones, or without a past, as many as it has queries.
  const past = e.optional(4);
  const before = counted === undefined ? (past === undefined ? undefined : sizesOf(b, past, 2, 3)) : b.sub(counted, queries);
  const row = b.unsqueeze(range(b, 0, queries, 1), [1]);
  return [...found, b.not(b.greater(at, before === undefined ? row : b.add(row, before)))];
}
