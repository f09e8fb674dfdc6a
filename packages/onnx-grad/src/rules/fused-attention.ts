import type { Value } from '../build/builder.js';
import { sizesOf } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import type { Dimension } from '../graph/types.js';
import { attend, future, joined, merged, splitHeads } from './attention-core.js';
import { composite, type Expansion } from './composite.js';
import type { Rule } from './rule.js';

const domain = 'com.microsoft';

interface HeadAttributes {
  readonly heads: number;
  readonly scale: number | undefined;
  readonly causal: boolean;
  /** What is added to the scores of masked keys. */
  readonly filter: number;
  /** Sizes of queries, keys and values; undefined: equal. */
  readonly sizes: readonly number[] | undefined;
}

const parse = (a: Attributes): HeadAttributes => {
  if (a.int('do_rotary', 0) !== 0) throw a.refuse('do_rotary', '1', '0: export the model without fused rotary embeddings');
  return {
    heads: a.int('num_heads', 1),
    scale: a.has('scale') ? a.float('scale', 0) : undefined,
    causal: a.int('unidirectional', 0) === 1,
    filter: a.float('mask_filter_value', -10000),
    sizes: a.ints('qkv_hidden_sizes'),
  };
};

/** Attention as ONNX Runtime fuses it. */
export const fusedAttentionRules: readonly Rule[] = [
  // Queries, keys and values are one product of the input and the weights, beside one another.
  composite('Attention', {
    domain,
    attributes: parse,
    inputs: [0, 1, 2, 5],
    rows: ({ wanted }) => wanted.size === 1 && wanted.has(0),
    expand: (e) => {
      absent(e, 4, 'past');
      const { heads, scale, sizes } = e.attributes;
      const [rows = '', positions = ''] = e.dims(e.x);
      const width = e.dims(e.input(1))[1] ?? '';
      const product = e.emit('MatMul', [e.x, e.input(1)], {}, [rows, positions, width]);
      const bias = e.optional(2);
      const projected = bias === undefined ? product : e.add(product, bias);
      const third = typeof width === 'number' ? width / 3 : `${width} / 3`;
      const parts = inThree(e, projected, 2, sizes ?? [third, third, third]);
      const [query = '', key = '', value = ''] = parts.map((part) => splitHeads(e, part, heads));
      const biases = [masked(e, e.optional(3)), later(e, query, key), e.optional(5)];
      return [merged(e, attend(e, query, key, value, { scale, biases }).output, e.dims(e.y))];
    },
  }),
  composite('MultiHeadAttention', {
    domain,
    attributes: parse,
    inputs: [0, 1, 2, 3, 5, 6, 7],
    rows: ({ wanted }) => !wanted.has(3) && !wanted.has(5),
    expand: (e) => {
      if (e.rank(e.x) !== 3 || e.optional(2) === undefined)
        throw e.refuse('query, key and value', 'packed in one tensor', 'one tensor each');
      absent(e, 8, 'past_sequence_length');
      absent(e, 9, 'cache_indirection');
      const { heads, scale } = e.attributes;
      const [query = '', key = '', value = ''] = withBias(e, [e.x, e.input(1), e.input(2)]).map((x) => splitHeads(e, x, heads));
      const past = e.optional(6);
      const keys = joined(e, past, key);
      const values = joined(e, e.optional(7), value);
      const biases = [masked(e, e.optional(4)), later(e, query, keys, past), e.optional(5)];
      return [merged(e, attend(e, query, keys, values, { scale, biases }).output, e.dims(e.y)), keys, values];
    },
  }),
];

function absent(e: Expansion<unknown>, index: number, name: string): void {
  if (e.optional(index) !== undefined) throw e.refuse(name, 'given', 'left out: export the model without a cache');
}

/** Queries, keys and values, each with its part of the bias. */
function withBias(e: Expansion<unknown>, inputs: readonly Value[]): Value[] {
  const bias = e.optional(3);
  if (bias === undefined) return [...inputs];
  if (inputs.some((input) => e.rank(input) !== 3)) throw e.refuse('bias', 'given beside keys of four axes', 'left out');
  const widths = inputs.map((input) => e.dims(input)[2] ?? '');
  const parts = inThree(e, bias, 0, widths, () =>
    e.b.concat(
      inputs.map((input) => e.b.sizes(input, 2, 3)),
      0,
    ),
  );
  return inputs.map((input, index) => e.add(input, parts[index] ?? ''));
}

/**
 * Queries, keys and values that lie beside one another along an axis.
 *
 * @param widths how much of it each takes
 * @param sizes the same as int64 [3], for widths that differ and are known only at run time
 */
function inThree(e: Expansion<unknown>, x: Value, axis: number, widths: readonly Dimension[], sizes?: () => Value): Value[] {
  const shapes = widths.map((width) => e.dims(x).with(axis, width));
  if (widths.every((width) => width === widths[0]))
    return e.emitAll('Split', [x], { axis, num_outputs: e.opset >= 18 ? 3 : undefined }, shapes);
  const fixed = widths.filter((width) => typeof width === 'number');
  if (fixed.length === 3 && e.opset < 13) return e.emitAll('Split', [x], { axis, split: fixed }, shapes);
  e.b.need(13, 'splitting into sizes known only at run time');
  return e.emitAll('Split', [x, sizes === undefined || fixed.length === 3 ? e.b.ints(fixed) : sizes()], { axis }, shapes);
}

/** What a mask adds to the scores: nothing where it is 1, the filter where it is 0. */
function masked(e: Expansion<HeadAttributes>, mask: Value | undefined): Value | undefined {
  if (mask === undefined) return undefined;
  const { b } = e;
  const rank = e.rank(mask);
  if (rank !== 2 && rank !== 3) throw e.refuse('the mask', `of ${rank} axes`, 'of 2 or 3 (rows, keys; rows, queries, keys)');
  const counts = b.cast(b.greater(b.cast(mask, 'float32'), b.constant('float32', [], [0])), b.typeOf(e.x));
  return b.unsqueeze(b.scale(b.shift(counts, -1), -e.attributes.filter), rank === 2 ? [1, 2] : [1]);
}

/** What is added to the scores of keys that come after a query. */
function later(e: Expansion<HeadAttributes>, query: Value, key: Value, past?: Value): Value | undefined {
  if (!e.attributes.causal) return undefined;
  const before = past === undefined ? undefined : sizesOf(e.b, past, 2, 3);
  return e.b.scale(e.b.cast(future(e.b, query, key, before), e.b.typeOf(e.x)), e.attributes.filter);
}
