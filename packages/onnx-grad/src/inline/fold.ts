import { Attributes } from '../graph/attributes.js';
import { type Facts, sizeOf } from '../graph/facts.js';
import { constantOf } from '../graph/graph.js';
import { type Constant, DataType, elementType, isFloating, type Node } from '../graph/types.js';

/** Elements up to which constants are folded: a condition asks for a size or a flag. */
const MAX_FOLDED = 64;

type Fold = (a: Attributes, inputs: readonly Constant[]) => Constant | undefined;

const flags = (dims: readonly number[], data: readonly boolean[]): Constant => ({ type: 'bool', dims, data: data.map(Number) });

/** An operator on two tensors of one shape, or on one and a scalar. */
const binary =
  (make: (dims: readonly number[], one: readonly number[], other: readonly number[], type: Constant['type']) => Constant): Fold =>
  (_, [one, other]) => {
    if (one === undefined || other === undefined) return undefined;
    const { dims } = one.data.length >= other.data.length ? one : other;
    const size = Math.max(one.data.length, other.data.length);
    const spread = ({ data }: Constant) => (data.length === 1 ? new Array<number>(size).fill(data[0] ?? 0) : data);
    const [left, right] = [spread(one), spread(other)];
    return left.length === right.length ? make(dims, left, right, one.type) : undefined;
  };

const comparison = (holds: (one: number, other: number) => boolean): Fold =>
  binary((dims, one, other) =>
    flags(
      dims,
      one.map((value, index) => holds(value, other[index] ?? 0)),
    ),
  );

/** Integers only: what is rounded, and how, is the runtime's business. */
const arithmetic = (compute: (one: number, other: number) => number): Fold =>
  binary((dims, one, other, type) => ({ type, dims, data: one.map((value, index) => compute(value, other[index] ?? 0)) }));

const ofIntegers =
  (fold: Fold): Fold =>
  (a, inputs) => {
    const folded = inputs.some(({ type }) => isFloating(type)) ? undefined : fold(a, inputs);
    return folded?.data.every(Number.isSafeInteger) ? folded : undefined;
  };

/** Only the numbers matter behind a change of shape, as long as there is one of them. */
const scalar: Fold = (_, [x]) => (x?.data.length === 1 ? { ...x, dims: [] } : undefined);

const folds: Readonly<Record<string, Fold>> = {
  Identity: (_, [x]) => x,
  Squeeze: scalar,
  Unsqueeze: scalar,
  Reshape: scalar,
  Not: (_, [x]) =>
    x &&
    flags(
      x.dims,
      x.data.map((value) => value === 0),
    ),
  And: comparison((one, other) => one !== 0 && other !== 0),
  Or: comparison((one, other) => one !== 0 || other !== 0),
  Xor: comparison((one, other) => (one !== 0) !== (other !== 0)),
  Equal: comparison((one, other) => one === other),
  Greater: comparison((one, other) => one > other),
  GreaterOrEqual: comparison((one, other) => one >= other),
  Less: comparison((one, other) => one < other),
  LessOrEqual: comparison((one, other) => one <= other),
  Add: ofIntegers(arithmetic((one, other) => one + other)),
  Sub: ofIntegers(arithmetic((one, other) => one - other)),
  Mul: ofIntegers(arithmetic((one, other) => one * other)),
  Cast: (a, [x]) => {
    const type = elementType(a.int('to', DataType.float32));
    if (x === undefined || type === undefined) return undefined;
    if (type === 'bool')
      return flags(
        x.dims,
        x.data.map((value) => value !== 0),
      );
    return type === 'int64' || type === 'int32' ? ofIntegers(() => ({ ...x, type }))(a, [x]) : undefined;
  },
  Gather: (a, [x, index]) => {
    if (x?.dims.length !== 1 || index?.data.length !== 1 || a.int('axis', 0) !== 0) return undefined;
    const value = x.data.at(index.data[0] ?? 0);
    return value === undefined || Number.isNaN(value) ? undefined : { type: x.type, dims: index.dims, data: [value] };
  },
};

/** What is computed from shapes and constants alone, as far as conditions ask for it: found as the nodes pass by, in their order. */
export class Folder {
  readonly #known = new Map<string, Constant>();

  constructor(private readonly facts: Facts) {}

  /** Looks at the next node. */
  pass(node: Node): void {
    const [output = ''] = node.outputs;
    const folded = node.domain === '' ? this.#fold(node) : undefined;
    if (folded !== undefined && folded.data.length <= MAX_FOLDED) this.#known.set(output, folded);
  }

  /** A small constant: computed here, or of the graph. */
  of(value: string): Constant | undefined {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const { graph } = this.facts;
    const { dims } = graph.initializers.get(value) ?? {};
    // From IR version 4 on, a caller may feed another value for an initializer that is listed as an input.
    if (graph.irVersion >= 4 && graph.overridable.has(value)) return undefined;
    return dims !== undefined && (sizeOf(dims) ?? 0) <= MAX_FOLDED ? graph.constant(value) : undefined;
  }

  #fold(node: Node): Constant | undefined {
    const a = new Attributes(node);
    if (node.opType === 'Constant') return constantOf(node);
    if (node.opType === 'Shape') return this.#shape(node, a);
    if (node.opType === 'Size') return product(this.#shape(node, a));
    const fold = Object.hasOwn(folds, node.opType) ? folds[node.opType] : undefined;
    if (fold === undefined) return undefined;
    const inputs: Constant[] = [];
    for (const input of node.inputs) {
      const constant = this.of(input);
      if (constant === undefined || (fold !== folds.Gather && constant.data.some(Number.isNaN))) return undefined;
      inputs.push(constant);
    }
    return fold(a, inputs);
  }

  #shape(node: Node, a: Attributes): Constant | undefined {
    const dims = this.facts.of(node.inputs[0] ?? '').dims?.slice(a.int('start', 0), a.get('end')?.i);
    // A symbol keeps its place as NaN, from which nothing is computed.
    return dims && { type: 'int64', dims: [dims.length], data: dims.map((size) => (typeof size === 'number' ? size : Number.NaN)) };
  }
}

function product(shape: Constant | undefined): Constant | undefined {
  const size = shape?.data.reduce((product, size) => product * size, 1);
  return size === undefined || Number.isNaN(size) ? undefined : { type: 'int64', dims: [], data: [size] };
}
