import type { GraphBuilder, Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { sizesOf } from '../build/rows.js';
import type { Dimension } from '../graph/types.js';
import type { Expansion } from './composite.js';

/** Attention as its parts. Queries, keys and values are [rows, heads, positions, size]. */

/** What changes the scores of keys for queries. */
export interface Scoring {
  /** Default: 1 / √size. */
  readonly scale: number | undefined;
  /** c: scores become c · tanh(score / c); 0: they stay. */
  readonly softcap?: number;
  /** Added to the scores. */
  readonly biases?: readonly (Value | undefined)[];
  /** Boolean tensors that broadcast to the scores: where one is false, a query does not look. */
  readonly allowed?: readonly (Value | undefined)[];
}

/** The output; and the scores: plain, capped, with biases and masks, as probabilities. */
export interface Attended {
  readonly output: Value;
  readonly scores: readonly Value[];
}

/** softmax(softcap(scale · Q·Kᵀ) + biases) · V; a query that may look nowhere gets zeros. */
export function attend(e: Expansion<unknown>, query: Value, key: Value, value: Value, scoring: Scoring): Attended {
  const { b } = e;
  const { scale, softcap = 0, biases = [], allowed = [] } = scoring;
  const [rows = '', heads = '', queries = '', size = ''] = e.dims(query);
  const keys = e.dims(key)[2] ?? '';
  const dims = [rows, heads, queries, keys];
  const factor = scale ? b.scalar(inSingle(scale), query) : inverseRoot(b, query, size);
  const turned = e.emit('Transpose', [key], { perm: [0, 1, 3, 2] }, [rows, heads, size, keys]);
  const plain = e.emit('MatMul', [e.mul(query, factor), turned], {}, dims);
  const capped = softcap === 0 ? plain : e.scale(e.emit('Tanh', [e.scale(plain, 1 / softcap)]), softcap);
  const biased = biases.filter((bias) => bias !== undefined).reduce((sum, bias) => e.add(sum, bias), capped);
  const masks = allowed.filter((mask) => mask !== undefined);
  const open = masks.length === 0 ? undefined : masks.reduce((all, mask) => b.and(all, mask));
  const masked = open === undefined ? biased : e.where(open, biased, lowest(b, query));
  const softmax = e.emit('Softmax', [masked], { axis: 3 });
  const probabilities = open === undefined ? softmax : e.where(open, softmax, b.scalar(0, query));
  const output = e.emit('MatMul', [probabilities, value], {}, [rows, heads, queries, e.dims(value)[3] ?? '']);
  return { output, scores: [plain, capped, masked, probabilities] };
}

/** [rows, positions, heads · size] as [rows, heads, positions, size]; what has four axes stays. */
export function splitHeads(e: Expansion<unknown>, x: Value, heads: number | undefined): Value {
  if (e.rank(x) === 4) return x;
  if (heads === undefined) throw e.refuse('the number of heads', 'left out', 'given beside inputs of three axes');
  const [rows = '', positions = '', hidden = ''] = e.dims(x);
  const size = typeof hidden === 'number' ? hidden / heads : `${hidden} / ${heads}`;
  const split = e.emit('Reshape', [x, e.b.ints([0, 0, heads, -1])], {}, [rows, positions, heads, size]);
  return e.emit('Transpose', [split], { perm: [0, 2, 1, 3] }, [rows, heads, positions, size]);
}

/** [rows, heads, positions, size] as [rows, positions, heads · size]. */
export function merged(e: Expansion<unknown>, x: Value, dims: readonly Dimension[]): Value {
  const [rows = '', heads = '', positions = '', size = ''] = e.dims(x);
  const turned = e.emit('Transpose', [x], { perm: [0, 2, 1, 3] }, [rows, positions, heads, size]);
  return e.emit('Reshape', [turned, e.b.ints([0, 0, -1])], {}, dims);
}

/** What came before and what is new, along the positions. */
export function joined(e: Expansion<unknown>, past: Value | undefined, x: Value): Value {
  if (past === undefined) return x;
  const [rows = '', heads = '', positions = '', size = ''] = e.dims(x);
  const before = e.dims(past)[2] ?? '';
  const total = typeof before === 'number' && typeof positions === 'number' ? before + positions : `${before} + ${positions}`;
  return e.emit('Concat', [past, x], { axis: 2 }, [rows, heads, total, size]);
}

/** Keys or values of few heads for the queries of many: each serves as many queries' heads, one after another. */
export function repeated(e: Expansion<unknown>, x: Value, query: Value): Value {
  const { b } = e;
  const [rows = '', heads = '', positions = '', size = ''] = e.dims(x);
  const wanted = e.dims(query)[1] ?? '';
  if (heads === wanted) return x;
  const fixed = typeof heads === 'number' && typeof wanted === 'number';
  const times = fixed ? b.ints([wanted / heads]) : b.div(b.sizes(query, 1, 2), b.sizes(x, 1, 2));
  const spread = [rows, heads, fixed ? wanted / heads : 'times', positions, size];
  const shape = (middle: readonly Value[]) => b.concat([sizesOf(b, x, 0, 1), ...middle, sizesOf(b, x, 2, 4)], 0);
  const own = sizesOf(b, x, 1, 2);
  const apart = e.emit('Reshape', [x, shape([own, b.ints([1])])], {}, spread.with(2, 1));
  const each = e.emit('Expand', [apart, shape([own, times])], {}, spread);
  return e.emit('Reshape', [each, shape([sizesOf(b, query, 1, 2)])], {}, [rows, wanted, positions, size]);
}

/** A scale as it works: its root goes to queries and to keys, in float32 whatever their type is. */
const inSingle = (scale: number): number => Math.fround(Math.sqrt(Math.fround(scale))) ** 2;

/** 1 / √size, also where the size is known only at run time. */
function inverseRoot(b: GraphBuilder, query: Value, size: Dimension): Value {
  if (typeof size === 'number') return b.scalar(inSingle(1 / Math.sqrt(size)), query);
  return b.node('Reciprocal', [b.sqrt(b.cast(b.sizes(query, 3, 4), b.typeOf(query)))]);
}

/** Boolean [queries, keys]: where a key stands after a query. @param before how many keys stand before that of the first query, int64 */
export function future(b: GraphBuilder, query: Value, key: Value, before?: Value): Value {
  // As real numbers, which old operator sets compare too.
  const at = (value: Value) => b.cast(positions(b, value, 2), 'float32');
  const row = b.unsqueeze(at(query), [1]);
  return b.greater(at(key), before === undefined ? row : b.add(row, b.cast(before, 'float32')));
}

/** The lowest finite number of a value's type; of those that float32 has, for types with more. */
export function lowest(b: GraphBuilder, like: Value): Value {
  return b.scalar(b.typeOf(like) === 'float16' ? -65504 : -3.3895313892515355e38, like);
}
