import { Attributes } from '../attributes.js';
import type { Graph } from '../graph.js';
import { dimensionOf, productOf } from '../size.js';
import type { Dimension, ElementType, Fact, Node } from '../types.js';

export type Dims = readonly Dimension[];

/** A small tensor that follows from shapes and constants: `batch` and 64·batch stand in it as symbols, '' where a number is unknown. */
export interface Numbers {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: readonly Dimension[];
}

/** What was found out before a node. */
export interface Known {
  readonly graph: Graph;
  fact(value: string): Fact;
  numbers(value: string): Numbers | undefined;
}

/** A node and what is known of its inputs, which may be partial. */
export class Step {
  readonly a: Attributes;

  constructor(
    readonly node: Node,
    readonly known: Known,
  ) {
    this.a = new Attributes(node);
  }

  get opset(): number {
    return this.known.graph.opset;
  }

  has(input: number): boolean {
    return (this.node.inputs[input] ?? '') !== '';
  }

  type(input: number): ElementType | undefined {
    return this.known.fact(this.node.inputs[input] ?? '').type;
  }

  dims(input: number): Dims | undefined {
    return this.known.fact(this.node.inputs[input] ?? '').dims;
  }

  /** The small tensor that an input is; undefined where nothing is known of it, or it is left out. */
  tensor(input: number): Numbers | undefined {
    const name = this.node.inputs[input] ?? '';
    return name === '' ? undefined : this.known.numbers(name);
  }

  /** A list of an attribute, or of the input that it became. */
  list(attribute: string, input: number): Dims | undefined {
    return this.a.ints(attribute) ?? this.tensor(input)?.data;
  }

  /** The same, where every entry is a number. */
  ints(attribute: string, input: number): readonly number[] | undefined {
    const list = this.list(attribute, input);
    return list?.every((size) => typeof size === 'number') ? list : undefined;
  }
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The product of sizes as one; '' where one is unknown. */
export function product(sizes: Dims): Dimension {
  const size = productOf(sizes);
  return size === undefined ? '' : dimensionOf(size);
}

/** The sum of sizes; '' unless all are numbers. */
export function sum(sizes: Dims): Dimension {
  let total = 0;
  for (const size of sizes) {
    if (typeof size === 'string') return '';
    total += size;
  }
  return total;
}

/** What two sizes that meet are broadcast to: the one that is not 1; '' where it cannot be decided. */
export function joined(one: Dimension, other: Dimension): Dimension {
  if (one === other || other === 1) return one;
  if (one === 1) return other;
  return typeof one === 'number' ? one : typeof other === 'number' ? other : '';
}

/** numpy's broadcasting of shapes; undefined where the rank of one is unknown. */
export function broadcast(shapes: readonly (Dims | undefined)[]): Dims | undefined {
  let all: Dims = [];
  for (const dims of shapes) {
    if (dims === undefined) return undefined;
    const [longer, shorter] = all.length > dims.length ? [all, dims] : [dims, all];
    const lead = longer.length - shorter.length;
    all = longer.map((size, axis) => joined(size, shorter[axis - lead] ?? 1));
  }
  return all;
}
