import { type GraphBuilder, shapeOf, type Value } from 'onnx-grad';
import type { Attention } from '../layers/attention.js';
import { channelsFirst } from './channels-first.js';

/** One block's attention. */
export interface AttentionBlock {
  /** How much each token takes of each other one, rows summing to 1: [batch, heads, tokens, tokens]. */
  readonly weights: Value;
  /** dy/d(weights), [R, heads, tokens, tokens]. Its nodes are written when it is first read. */
  readonly gradients: Value;
}

/** What a method may use of a transformer's attention. */
export interface AttentionContext {
  /** From the first to the last. */
  readonly blocks: readonly AttentionBlock[];
  /** How much the score reads of each token behind the last block: 1 of the class token, or equal shares of the picture's. [batch, 1, tokens] */
  readonly read: Value;
  /** A row over the tokens, [R, 1, tokens], as a map [R, h, w]: class and register tokens are left out. */
  readonly onGrid: (row: Value) => Value;
}

/** The end of any axis. */
const END = 2 ** 31 - 1;

/** @param wide numbers of 16 bits as float32 @param gradientOf dy/d(weights), in their own layout */
export function attentionContext(
  b: GraphBuilder,
  attention: Attention,
  wide: (value: Value) => Value,
  gradientOf: (value: Value) => Value,
): AttentionContext {
  const { weights, folded, layout, reads } = attention;
  const apart = (value: Value, like: Value, heads: (typeof folded)[number]) =>
    heads === undefined ? wide(value) : b.reshape(wide(value), shapeOf(b, [-1, Number(heads), [like, 1, 3]]));
  const blocks = weights.map((value, index) => ({
    weights: apart(value, value, folded[index]),
    get gradients() {
      return apart(gradientOf(value), value, folded[index]);
    },
  }));
  return {
    blocks,
    get read() {
      const { before = 0, after = 0 } = layout.axes[2] ?? {};
      const row = b.slice(b.mean(blocks.at(-1)?.weights ?? '', [1], false), 1, 0, 1);
      return reads === 'class' ? share(b, row, 0, 1) : share(b, row, before, after > 0 ? -after : END);
    },
    onGrid: (row) => b.squeeze(channelsFirst(b, row, layout), [1]),
  };
}

/** Equal shares of the entries from one to another, 0 elsewhere: a row like another one. */
function share(b: GraphBuilder, like: Value, from: number, to: number): Value {
  const zeros = b.zerosLike(like);
  const ones = b.shift(b.slice(zeros, 2, from, to), 1);
  const before = from > 0 ? [b.slice(zeros, 2, 0, from)] : [];
  const after = to === END ? [] : [b.slice(zeros, 2, to, END)];
  const row = b.concat([...before, ones, ...after], 2);
  return b.div(row, b.sum(row, [2]));
}
