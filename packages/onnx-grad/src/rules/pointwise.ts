import type { GraphBuilder, Value } from '../build/builder.js';
import { type Entry, pick } from '../build/entry.js';
import { shapeOf } from '../build/rows.js';
import { Attributes } from '../graph/attributes.js';
import type { Node } from '../graph/types.js';
import { windowAttributes, windowOf } from '../graph/window.js';

/** The padding of a 1×1 convolution of stride 1 over all channels; undefined for any other node. */
function pointwisePads(b: GraphBuilder, node: Node): readonly number[] | undefined {
  if (node.domain !== '' || node.opType !== 'Conv') return undefined;
  const a = new Attributes(node);
  const attributes = windowAttributes(a);
  const kernel = attributes.kernel ?? b.facts.of(node.inputs[1] ?? '').dims?.slice(2);
  const sizes = kernel?.filter((size) => typeof size === 'number') ?? [];
  const { strides, pads } = windowOf(attributes, sizes);
  const pointwise =
    sizes.length > 0 && sizes.length === kernel?.length && a.int('group', 1) === 1 && [...sizes, ...strides].every((size) => size === 1);
  return pointwise ? pads : undefined;
}

/**
 * An entry behind a 1×1 convolution: the weights of one output channel times what arrives at each position, without the positions that
 * padding added. SqueezeNet's class map has a thousand channels, of which a class score reads one.
 */
export function pointwiseEntry(b: GraphBuilder, node: Node, { index, value }: Entry): Value | undefined {
  const pads = pointwisePads(b, node);
  if (pads === undefined) return undefined;
  const space = Array.from({ length: pads.length / 2 }, (_, axis) => axis + 2);
  const spread = b.mulAlong(b.gather(node.inputs[1] ?? '', index, 0), value, space);
  if (pads.every((pad) => pad === 0)) return spread;
  const begins = pads.slice(0, pads.length / 2);
  const ends = pads.slice(pads.length / 2);
  return b.pad(
    spread,
    [0, 0, ...begins, 0, 0, ...ends].map((pad) => -pad),
  );
}

/** The products of weights [rows, channels, 1, …] and x, summed over the channels: [rows, 1, …]. */
function weighted(b: GraphBuilder, weights: Value, x: Value): Value {
  const product = b.matmul(b.reshape(weights, [0, 1, -1]), b.reshape(x, [0, 0, -1]));
  return b.reshape(product, shapeOf(b, [-1, 1, [x, 2, b.facts.rank(x)]]));
}

/**
 * One channel in each row of a value: [rows, 1, …]. The channel of a 1×1 convolution is computed again from its weights, since
 * runtimes keep feature maps in blocks of channels, and taking one out of a thousand turns them all.
 */
export function channelOf(b: GraphBuilder, index: Value, value: Value): Value {
  const node = b.graph.producer(value);
  const pads = node === undefined ? undefined : pointwisePads(b, node);
  if (node === undefined || pads === undefined || pads.some((pad) => pad !== 0)) return pick(b, index, value);
  const [x = '', weight = '', bias] = node.inputs;
  const channel = weighted(b, b.gather(weight, index, 0), x);
  if (bias === undefined || bias === '') return channel;
  const space = Array.from({ length: b.facts.rank(x) - 1 }, (_, axis) => axis + 1);
  return b.add(channel, b.unsqueeze(b.gather(bias, index, 0), space));
}
