import type { GraphBuilder, Value } from '../build/builder.js';
import { positions } from '../build/indices.js';
import { list } from '../graph/list.js';
import type { ElementType } from '../graph/types.js';
import type { Expansion } from './composite.js';

/** How the integers q of a tensor stand for real numbers: (q − zero) · scale. */
export interface Scale {
  readonly scale: Value;
  /** Default: 0. */
  readonly zero: Value | undefined;
  /** Along which a vector of scales lies: one for each channel. Default: 1. */
  readonly axis?: number;
  /** How many positions along the axis share a scale, where the scales are a tensor of the same rank; 0: they are a scalar or a vector. */
  readonly block?: number;
}

/** The smallest and the largest number of a quantised type. */
export function rangeOf(type: ElementType): readonly [low: number, high: number] {
  return ranges[type] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}

const ranges: Partial<Record<ElementType, readonly [number, number]>> = {
  uint4: [0, 15],
  int4: [-8, 7],
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  float8e4m3fn: [-448, 448],
  float8e4m3fnuz: [-240, 240],
  float8e5m2: [-57_344, 57_344],
  float8e5m2fnuz: [-57_344, 57_344],
};

/** Scales or zero points as float32, shaped to broadcast with the tensor that they belong to. */
export function spread(b: GraphBuilder, parameter: Value, like: Value, { axis = 1, block = 0 }: Pick<Scale, 'axis' | 'block'>): Value {
  const numbers = b.cast(parameter, 'float32');
  const dims = b.facts.dims(parameter);
  if (dims.length === 0 || (dims.length === 1 && dims[0] === 1)) return numbers;
  const along = axis < 0 ? axis + b.facts.rank(like) : axis;
  if (block > 0) {
    const blocks = b.node('Div', [positions(b, like, along), b.ints([block])]);
    return b.gather(numbers, blocks, along);
  }
  const behind = b.facts.rank(like) - along - 1;
  return dims.length > 1 || behind === 0 ? numbers : b.reshape(numbers, [-1, ...list(behind, () => 1)]);
}

/** The real numbers that a quantised tensor stands for, as nodes through which gradients flow. */
export function dequantised(e: Expansion<unknown>, q: Value, { scale, ...rest }: Scale): Value {
  return e.mul(centred(e, q, rest), spread(e.b, scale, q, rest));
}

/** q − zero as float32. */
export function centred(e: Expansion<unknown>, q: Value, { zero, ...rest }: Omit<Scale, 'scale'>): Value {
  const { b, node } = e;
  const real = b.cast(q, 'float32');
  if (real !== q) {
    b.facts.state(real, { type: 'float32', dims: e.dims(q) });
    e.parts.push({ ...node, opType: 'Cast', domain: '', inputs: [q], outputs: [real], attributes: new Map() });
  }
  return zero === undefined ? real : e.emit('Sub', [real, spread(b, zero, q, rest)]);
}

/** Where x / scale + zero rounds to a number of the type: beyond, it saturates. Scale and zero point as `spread` gives them. */
export function inRange(b: GraphBuilder, x: Value, type: ElementType, scale: Value, zero: Value | undefined): Value {
  const [low, high] = rangeOf(type);
  const bound = (end: number) => b.mul(zero === undefined ? b.scalar(end, scale) : b.sub(b.scalar(end, scale), zero), scale);
  return b.and(b.greater(x, bound(low - 0.5)), b.less(x, bound(high + 0.5)));
}

/** Where a quantised tensor is at neither end of its type's range. */
function betweenEnds(b: GraphBuilder, y: Value): Value {
  const [low, high] = rangeOf(b.typeOf(y));
  const q = b.real(y);
  return b.and(b.greater(q, b.scalar(low, q)), b.less(q, b.scalar(high, q)));
}

/**
 * The quantised form y of real numbers, without the zero point, which no derivative reads.
 *
 * @param again whether the real numbers are cheap to compute again, to see which of them saturate. Where they are not (a convolution), only y is to be
 * seen, and an element at an end of the range counts as saturated: at the lower end lies the ReLU that quantisers leave to the saturation, whose derivative at 0 is 0
 */
export function quantised(e: Expansion<unknown>, real: Value, y: Value, { scale, zero, ...rest }: Scale, again: boolean): Value {
  const { b } = e;
  const step = spread(b, scale, y, rest);
  const offset = zero === undefined ? undefined : spread(b, zero, y, rest);
  const inside = again ? inRange(b, real, b.typeOf(y), step, offset) : betweenEnds(b, y);
  return e.emit('Div', [e.mul(real, b.cast(inside, 'float32')), step]);
}

/** A standard operator with the node's own attributes, as a node through which gradients flow; its output has the shape of the node's. */
export function standing(e: Expansion<unknown>, opType: string, inputs: readonly Value[], attributes = e.node.attributes): Value {
  const part = { ...e.node, opType, domain: '', inputs, attributes };
  const output = e.b.again(part, inputs);
  e.facts.state(output, { type: e.b.typeOf(output), dims: e.dims(e.y) });
  e.parts.push({ ...part, outputs: [output] });
  return output;
}
