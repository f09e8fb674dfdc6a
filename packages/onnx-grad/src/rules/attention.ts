import type { Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { sizesOf } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { attend, future, joined, lowest, merged, repeated, splitHeads } from './attention-core.js';
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
      // An infinite bias masks too: where it masks all keys, the softmax would be 0 / 0.
      const finite = mask === undefined || boolean ? mask : e.b.greater(mask, lowest(e.b, mask));
      const { scores, output } = attend(e, query, repeated(e, key, query), repeated(e, value, query), {
        scale,
        softcap,
        biases: boolean ? [] : [mask],
        allowed: [finite, ...positional(e, query, key)],
      });
      return [e.rank(e.x) === 3 ? merged(e, output, e.dims(e.y)) : output, key, value, scores[mode]];
    },
  }),
  ...rotaryRules,
];

/** Where a query may look, by its position and by how many keys there are: boolean tensors that broadcast to the scores. */
function positional(e: Expansion<AttentionAttributes>, query: Value, key: Value): Value[] {
  const { b } = e;
  const [past, present] = [e.optional(4), e.optional(6)];
  const counted = present === undefined ? undefined : b.reshape(present, [-1, 1, 1, 1]);
  const found = counted === undefined ? [] : [b.less(positions(b, key, 2), counted)];
  if (!e.attributes.causal) return found;
  // The queries are the last of the keys that are no padding, or come after the past.
  const before = counted === undefined ? past && sizesOf(b, past, 2, 3) : b.sub(counted, sizesOf(b, query, 2, 3));
  return [...found, b.not(future(b, query, key, before))];
}
