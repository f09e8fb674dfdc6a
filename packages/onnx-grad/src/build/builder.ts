import { append, splice } from '../bytes/append.js';
import { readModel } from '../bytes/read.js';
import type { Addition, NewAttribute, NewNode } from '../bytes/write.js';
import { OnnxGradError } from '../errors.js';
import { Facts } from '../graph/facts.js';
import type { Graph } from '../graph/graph.js';
import { type Constant, DataType, type Dimension, type ElementType, isFloating, type Node, type ValueInfo } from '../graph/types.js';
import { prune } from './prune.js';

/** The name of a value of the graph, old or new. Every method of the builder takes and returns such names. */
export type Value = string;

/** Elements up to which constants are compared: axes, shapes, bounds, scalars. */
const MAX_COMPARED = 64;

/**
 * Collects what is appended to a graph: one method per operator it can emit, each in the form that the model's own operator
 * set defines (an attribute before some version, an input from then on; another operator where the set has none).
 *
 * New values have names under one prefix that the model does not use; constants are written once and in the element type
 * of the tensors they meet.
 */
export class GraphBuilder {
  /** What the bytes of the model hold. */
  readonly #origin: Graph;
  #graph: Graph;
  #facts: Facts;
  readonly #nodes: NewNode[] = [];
  readonly #constants = new Map<string, Constant>();
  readonly #constantNames = new Map<string, string>();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: (ValueInfo & { readonly of: Value })[] = [];
  /** Values whose mean over some axes is known without computing them: what a Grad-CAM asks of most gradients. */
  readonly #means = new Map<Value, { readonly axes: readonly number[]; readonly mean: (axes: readonly number[]) => Value }>();
  /** Values that are others, spread along axes of size 1. */
  readonly #spreads = new Map<Value, Value>();
  /** Products, by their second factor: a division by it undoes them. */
  readonly #scaled = new Map<Value, { readonly x: Value; readonly by: Value }>();
  /** Values that are others in a shape of fixed sizes. */
  readonly #reshaped = new Map<Value, { readonly x: Value; readonly sizes: readonly number[] }>();
  /** Values of one number a row: [rows, 1, …]. */
  readonly #ofRows = new Set<Value>();
  readonly #types = new Map<Value, ElementType>();
  /** Outputs of the nodes emitted, by all that tells one node from another. */
  readonly #emitted = new Map<string, Value[]>();
  readonly #reals = new Map<Value, Value>();
  readonly #prefix: string;
  #count = 0;

  /** @param prefix begins the name of each new value; made longer where the model uses it already */
  constructor(graph: Graph, facts: Facts = new Facts(graph), prefix = 'grad') {
    this.#origin = graph;
    this.#graph = graph;
    this.#facts = facts;
    let free = `${prefix}/`;
    const names = [...graph.nodes.flatMap((node) => node.outputs), ...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)];
    while (names.some((name) => name.startsWith(free))) free = `_${free}`;
    this.#prefix = free;
  }

  /** The graph that is built on: the model's, or what `extend` made of it. */
  get graph(): Graph {
    return this.#graph;
  }

  /** What is known about the values of `graph`. */
  get facts(): Facts {
    return this.#facts;
  }

  /**
   * Makes the nodes written so far part of `graph`, so that they can be differentiated, too: the gradient of a gradient. What is appended in the end
   * is still only what an output needs.
   *
   * @param learn asks a runtime for the types and shapes of the values of the graph that it gets
   */
  async extend(learn: (graph: Graph) => Facts | Promise<Facts>): Promise<void> {
    const graph = readModel(append(this.#origin, { nodes: this.#nodes, initializers: this.#constants, inputs: this.#inputs, outputs: [] }));
    this.#facts = await learn(graph);
    this.#graph = graph;
  }

  /** Version of the standard operator set that the model imports: what is appended must use it. */
  get opset(): number {
    return this.graph.opset;
  }

  /** What is appended: only what an output needs. */
  get addition(): Addition {
    return prune({ nodes: this.#nodes, initializers: this.#constants, inputs: this.#inputs, outputs: this.#outputs });
  }

  /** The edited model, for memory: see `append`. */
  append(room?: Uint8Array): Uint8Array {
    return append(this.#origin, this.addition, room);
  }

  /** The edited model, for a file that others open: see `splice`. */
  splice(): Uint8Array {
    return splice(this.#origin, this.addition);
  }

  /** Declares a new input that callers must feed. @returns its name, `name` itself unless the model has one of that name */
  input(name: string, type: ElementType, dims: readonly Dimension[]): Value {
    const free = this.#free(name);
    this.#inputs.push({ name: free, type, dims });
    this.#types.set(free, type);
    return free;
  }

  /** Makes a value an output under a name of choice. @returns the name, `name` itself unless the model has one of that name */
  output(name: string, value: Value, dims?: readonly Dimension[]): string {
    const free = this.#free(name);
    this.#types.set(free, this.typeOf(value));
    this.#outputs.push({ name: free, of: value, type: dims === undefined ? undefined : this.typeOf(value), dims });
    return free;
  }

  /** Makes a value readable: under its own name where it is an output already or the model's own, else as `output` does. @returns the name */
  show(name: string, value: Value): string {
    if (!this.graph.has(value)) return this.output(name, value);
    this.expose(value);
    return value;
  }

  /** Makes an existing value an output under its own name; nothing happens where it is one already. */
  expose(value: Value): void {
    if ([...this.graph.outputs, ...this.#outputs].some(({ name }) => name === value)) return;
    this.#outputs.push({ name: value, of: value, type: undefined, dims: undefined });
  }

  /** Element type of a value, old or new. */
  typeOf(value: Value): ElementType {
    return this.#types.get(value) ?? this.facts.type(value);
  }

  /** Element type of a value's cotangent: the value's own; float32 for integers, which count as real numbers (see `reals.ts`). */
  cotangentType(value: Value): ElementType {
    const type = this.typeOf(value);
    return isFloating(type) ? type : 'float32';
  }

  /** The numbers of a value in the type of its cotangent. */
  real(value: Value): Value {
    const type = this.cotangentType(value);
    const known = this.#reals.get(value) ?? this.cast(value, type);
    this.#reals.set(value, known);
    if (known !== value) this.facts.state(known, { type, dims: this.facts.of(value).dims });
    return known;
  }

  /** A constant tensor. Equal small constants are written once. */
  constant(type: ElementType, dims: readonly number[], data: readonly number[]): Value {
    // A large one is compared with none: writing its key would cost more than writing it twice.
    const numbers = data.length > MAX_COMPARED ? this.#count : data.map((value) => (Object.is(value, -0) ? '-0' : String(value))).join();
    const key = `${type}[${dims.join()}]${numbers}`;
    const known = this.#constantNames.get(key);
    if (known !== undefined) return known;
    const name = this.#fresh();
    this.#constantNames.set(key, name);
    this.#types.set(name, type);
    // Before IR version 4 every initializer must be an input too, so a node holds the constant there.
    if (this.graph.irVersion < 4)
      this.#nodes.push({ opType: 'Constant', inputs: [], outputs: [name], attributes: { value: { tensor: { type, dims, data } } } });
    else this.#constants.set(name, { type, dims, data });
    return name;
  }

  /** A scalar in the element type of another value. */
  scalar(value: number, like: Value): Value {
    return this.constant(this.typeOf(like), [], [value]);
  }

  /** A vector of int64: axes, shapes, bounds. */
  ints(values: readonly number[]): Value {
    return this.constant('int64', [values.length], values);
  }

  /** Whether a value is a constant of this builder that holds a single 1. */
  isOne(value: Value): boolean {
    const data = this.#constants.get(value)?.data;
    return data?.length === 1 && data[0] === 1;
  }

  /** The numbers of a small constant, of the graph or of this builder; undefined for anything else. */
  constantOf(value: Value): Constant | undefined {
    return this.#constants.get(value) ?? this.graph.constant(value);
  }

  /** Emits a node with one output, of the element type of its first input unless another is said. */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, NewAttribute | undefined>> = {},
    type?: ElementType,
  ): Value {
    const own = type ?? this.typeOf(inputs[0] ?? '');
    // Runtimes add no numbers of 16 bits at indices, and float32 keeps more of the sum.
    const narrow = attributes['reduction'] === 'add' && (own === 'float16' || own === 'bfloat16');
    if (narrow) return this.cast(this.node(opType, this.#widened(inputs), attributes), own);
    const [output = ''] = this.nodes(opType, inputs, 1, attributes, [own]);
    return output;
  }

  #widened(inputs: readonly Value[]): Value[] {
    return inputs.map((input) => (isFloating(this.typeOf(input)) ? this.cast(input, 'float32') : input));
  }

  /** Emits a node with several outputs, named after the first: a runtime that lacks one of them can then be told of the node. `types` gives their element types. */
  nodes(
    opType: string,
    inputs: readonly Value[],
    count: number,
    attributes: Readonly<Record<string, NewAttribute | undefined>>,
    types: readonly ElementType[],
  ): Value[] {
    // Trailing optional inputs that are absent are left out.
    const used = inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1);
    // The same node twice is one: what two rules compute alike is computed, and loaded, once.
    const key = `${opType} ${count} ${JSON.stringify([used, attributes], written)}`;
    const known = this.#emitted.get(key);
    if (known !== undefined) return known;
    const outputs = Array.from({ length: count }, () => this.#fresh());
    this.#emitted.set(key, outputs);
    outputs.forEach((output, index) => {
      const type = types[index] ?? types[0];
      if (type !== undefined) this.#types.set(output, type);
    });
    const [name] = outputs;
    this.#nodes.push({ opType, inputs: used, outputs, attributes, ...(count > 1 && name !== undefined && { name }) });
    return outputs;
  }

  /** Emits an existing node's operator and attributes again on other inputs. @param changed attributes to set or (undefined) to leave out */
  again(node: Node, inputs: readonly Value[], changed: Readonly<Record<string, NewAttribute | undefined>> = {}): Value {
    return this.node(node.opType, inputs, { ...attributesOf(node), ...changed });
  }

  // Arithmetic, with numpy's broadcasting.

  add(a: Value, b: Value): Value {
    return this.node('Add', [a, b]);
  }

  sub(a: Value, b: Value): Value {
    return this.node('Sub', [a, b]);
  }

  mul(a: Value, b: Value): Value {
    const [one, other] = [this.#constants.get(a), this.#constants.get(b)];
    // A product of two scalars is one: 1 / positions times the 1 with which a gradient begins.
    if (one?.data.length === 1 && other?.data.length === 1)
      return this.constant(one.type, one.dims.length >= other.dims.length ? one.dims : other.dims, [
        Number(one.data[0]) * Number(other.data[0]),
      ]);
    const product = this.node('Mul', [a, b]);
    this.#scaled.set(product, { x: a, by: b });
    return product;
  }

  div(a: Value, b: Value): Value {
    // What is dequantised is quantised again by the same scale.
    const factor = this.#scaled.get(a);
    if (factor?.by === b && this.facts.of(b).dims?.length === 0) return factor.x;
    return this.node('Div', [a, b]);
  }

  /**
   * The factors of a product of which one is a number for each row ([rows, 1, …]), or one number for all: whoever sums the other up along the rest
   * of its axes may multiply by it afterwards.
   */
  rowFactor(product: Value): { readonly x: Value; readonly by: Value } | undefined {
    const factors = this.#scaled.get(product);
    const { by = '' } = factors ?? {};
    return this.#ofRows.has(by) || this.#constants.get(by)?.data.length === 1 ? factors : undefined;
  }

  /** x · factor, the factor in x's own element type. */
  scale(x: Value, factor: number): Value {
    return factor === 1 ? x : this.mul(x, this.scalar(factor, x));
  }

  /** x + term, the term in x's own element type. */
  shift(x: Value, term: number): Value {
    return term === 0 ? x : this.add(x, this.scalar(term, x));
  }

  neg(x: Value): Value {
    return this.node('Neg', [x]);
  }

  abs(x: Value): Value {
    return this.node('Abs', [x]);
  }

  exp(x: Value): Value {
    return this.node('Exp', [x]);
  }

  /** −1, 0 or 1. */
  sign(x: Value): Value {
    if (this.opset >= 9) return this.node('Sign', [x]);
    const zero = this.scalar(0, x);
    return this.sub(this.cast(this.greater(x, zero), this.typeOf(x)), this.cast(this.less(x, zero), this.typeOf(x)));
  }

  /** Zeros in the shape of x, whatever x holds: a comparison that never is true, since ∞ − ∞ and 0 · ∞ are no zeros. */
  zerosLike(x: Value): Value {
    return this.cast(this.less(x, x), this.typeOf(x));
  }

  sqrt(x: Value): Value {
    return this.node('Sqrt', [x]);
  }

  /** x to a fixed power. */
  pow(x: Value, exponent: number): Value {
    return this.node('Pow', [x, this.scalar(exponent, x)]);
  }

  relu(x: Value): Value {
    return this.node('Relu', [x]);
  }

  /** max(x, low) with a fixed bound. */
  atLeast(x: Value, low: number): Value {
    if (this.opset < 11) return this.node('Clip', [x], { min: { float: low } });
    return this.node('Clip', [x, this.scalar(low, x)]);
  }

  softmax(x: Value, axis: number): Value {
    return this.node('Softmax', [x], { axis });
  }

  /** Σ of products by Einstein's convention. @throws OnnxGradError `unsupported-attribute` before operator set 12 */
  einsum(equation: string, operands: readonly Value[]): Value {
    this.need(12, 'Einsum');
    return this.node('Einsum', operands, { equation });
  }

  matmul(a: Value, b: Value): Value {
    return this.node('MatMul', [a, b]);
  }

  // Comparisons and choice.

  greater(a: Value, b: Value): Value {
    return this.node('Greater', [a, b], {}, 'bool');
  }

  less(a: Value, b: Value): Value {
    return this.node('Less', [a, b], {}, 'bool');
  }

  /** a = b. Operator sets before 11 compare no floating-point numbers for equality; there: neither greater nor less. */
  equal(a: Value, b: Value): Value {
    const integers = ['int64', 'int32', 'bool'].includes(this.typeOf(a));
    if (this.opset >= 11 || integers) return this.node('Equal', [a, b], {}, 'bool');
    return this.not(this.or(this.greater(a, b), this.less(a, b)));
  }

  not(x: Value): Value {
    return this.node('Not', [x], {}, 'bool');
  }

  and(a: Value, b: Value): Value {
    return this.node('And', [a, b], {}, 'bool');
  }

  or(a: Value, b: Value): Value {
    return this.node('Or', [a, b], {}, 'bool');
  }

  cast(x: Value, type: ElementType): Value {
    return this.typeOf(x) === type ? x : this.node('Cast', [x], { to: DataType[type] }, type);
  }

  /** x where the condition holds, else 0. */
  keep(condition: Value, x: Value): Value {
    // A product with a mask would turn an infinite x into NaN; only sets before 9 have nothing better.
    if (this.opset < 9) return this.mul(x, this.cast(condition, this.typeOf(x)));
    return this.node('Where', [condition, x, this.scalar(0, x)], {}, this.typeOf(x));
  }

  /** a where the condition holds, else b; finite numbers only before operator set 9. */
  where(condition: Value, a: Value, b: Value): Value {
    if (this.opset >= 9) return this.node('Where', [condition, a, b], {}, this.typeOf(a));
    return this.add(this.keep(condition, a), this.keep(this.not(condition), b));
  }

  // Shapes.

  /** The shape of x as int64 [rank]. */
  shape(x: Value): Value {
    return this.node('Shape', [x], {}, 'int64');
  }

  /** Sizes of some axes of x as int64: axes from ≤ axis < to. */
  sizes(x: Value, from: number, to = 2 ** 31 - 1): Value {
    return this.slice(this.shape(x), 0, from, to);
  }

  reshape(x: Value, shape: Value | readonly number[]): Value {
    const sizes = typeof shape === 'string' ? this.#constants.get(shape)?.data : shape;
    const single = this.#constants.get(x);
    // A single number has a size of 1 along every axis.
    if (single?.data.length === 1 && sizes !== undefined)
      return this.constant(single.type, new Array<number>(sizes.length).fill(1), single.data);
    const before = this.#reshaped.get(x);
    // Of two in a row the second is enough, unless it keeps a size that the first has made.
    if (before !== undefined && sizes?.every((size, axis) => size !== 0 || before.sizes[axis] === 0)) return this.reshape(before.x, shape);
    const reshaped = this.node('Reshape', [x, typeof shape === 'string' ? shape : this.ints(shape)]);
    if (sizes !== undefined) this.#reshaped.set(reshaped, { x, sizes: sizes.map(Number) });
    return reshaped;
  }

  /** x flattened to two dimensions before `axis`. */
  flatten(x: Value, axis = 1): Value {
    return this.node('Flatten', [x], { axis });
  }

  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((from, to) => from === to) ? x : this.node('Transpose', [x], { perm });
  }

  /** @param axes a vector of int64 where they are computed at run time; so in `sum` and `prod` */
  unsqueeze(x: Value, axes: readonly number[] | Value): Value {
    return this.#withAxes('Unsqueeze', x, axes, 13);
  }

  squeeze(x: Value, axes: readonly number[]): Value {
    return this.#withAxes('Squeeze', x, axes, 13);
  }

  concat(values: readonly Value[], axis: number): Value {
    const [only] = values;
    return values.length === 1 && only !== undefined ? only : this.node('Concat', values, { axis });
  }

  /**
   * x broadcast to a shape. @throws OnnxGradError `unsupported-attribute` before operator set 8, which has no Expand
   * @param axes those along which x has size 1 and is spread, where a caller knows them: the mean over them is x again
   */
  expand(x: Value, shape: Value, axes: readonly number[] = []): Value {
    this.need(8, 'Expand');
    return this.#spread(x, this.node('Expand', [x, shape]), axes);
  }

  /** x, of size 1 along `axes`, repeated along them: `sizes` has one entry an axis of x, 1 for those that stay. Enough for small sizes: it stores as many ones. */
  repeat(x: Value, sizes: readonly number[], axes: readonly number[]): Value {
    const ones = new Array<number>(sizes.reduce((product, size) => product * size, 1)).fill(1);
    return this.#spread(x, this.mul(x, this.constant(this.typeOf(x), sizes, ones)), axes);
  }

  #spread(x: Value, spread: Value, axes: readonly number[]): Value {
    this.#means.set(spread, { axes, mean: () => x });
    this.#spreads.set(spread, x);
    return spread;
  }

  /** A value before it was spread along axes of size 1: enough for an operator that broadcasts it again. */
  narrow(x: Value): Value {
    return this.#spreads.get(x) ?? x;
  }

  /** a · x, where a has size 1 along `axes`, and x along all others but the rows: the mean over the axes is a times the mean of x. */
  mulAlong(a: Value, x: Value, axes: readonly number[]): Value {
    const product = this.mul(a, x);
    const mean = (over: readonly number[]) => {
      const number = this.mean(x, over);
      if (over.length === axes.length) this.#ofRows.add(number);
      return this.mul(a, number);
    };
    this.#means.set(product, { axes, mean });
    return product;
  }

  /** Elements from ≤ i < to of one axis, with fixed bounds. */
  slice(x: Value, axis: number, from: number, to: number): Value {
    if (this.opset < 10) return this.node('Slice', [x], { axes: [axis], starts: [from], ends: [to] });
    return this.node('Slice', [x, this.ints([from]), this.ints([to]), this.ints([axis])]);
  }

  /** Elements from ≤ i < to of one axis, with bounds that are int64 [1] values. */
  sliceBetween(x: Value, axis: number, from: Value, to: Value): Value {
    this.need(10, 'Slice with computed bounds');
    return this.node('Slice', [x, from, to, this.ints([axis])]);
  }

  /** Zeros around x (negative numbers crop): `pads` are the begins of all axes, then the ends. */
  pad(x: Value, pads: Value | readonly number[]): Value {
    if (this.opset >= 11) return this.node('Pad', [x, typeof pads === 'string' ? pads : this.ints(pads)], { mode: 'constant' });
    if (typeof pads === 'string') throw this.tooOld(11, 'Pad with computed sizes');
    return this.node('Pad', [x], { mode: 'constant', pads });
  }

  gather(x: Value, indices: Value, axis: number): Value {
    return this.node('Gather', [x, indices], { axis });
  }

  // Reductions. Every axis given must be ≥ 0 before operator set 11.

  sum(x: Value, axes: readonly number[] | Value, keepdims = true): Value {
    return this.#withAxes('ReduceSum', x, axes, 13, { keepdims: keepdims ? 1 : 0 });
  }

  mean(x: Value, axes: readonly number[], keepdims = true): Value {
    const known = this.#means.get(x);
    if (known !== undefined && axes.every((axis) => known.axes.includes(axis))) {
      const mean = known.mean(axes);
      return keepdims ? mean : this.squeeze(mean, axes);
    }
    return this.#withAxes('ReduceMean', x, axes, 18, { keepdims: keepdims ? 1 : 0 });
  }

  max(x: Value, axes: readonly number[], keepdims = true): Value {
    return this.#withAxes('ReduceMax', x, axes, 18, { keepdims: keepdims ? 1 : 0 });
  }

  min(x: Value, axes: readonly number[], keepdims = true): Value {
    return this.#withAxes('ReduceMin', x, axes, 18, { keepdims: keepdims ? 1 : 0 });
  }

  prod(x: Value, axes: readonly number[] | Value, keepdims = true): Value {
    return this.#withAxes('ReduceProd', x, axes, 18, { keepdims: keepdims ? 1 : 0 });
  }

  /** log Σ exp x, without overflow. */
  logSumExp(x: Value, axes: readonly number[], keepdims = true): Value {
    return this.#withAxes('ReduceLogSumExp', x, axes, 18, { keepdims: keepdims ? 1 : 0 });
  }

  /** Product of all elements of an int64 vector, as a float of another value's type. */
  product(x: Value, like: Value): Value {
    return this.node('ReduceProd', [this.cast(x, this.typeOf(like))], { keepdims: 0 });
  }

  argmax(x: Value, axis: number, keepdims = true): Value {
    return this.node('ArgMax', [x], { axis, keepdims: keepdims ? 1 : 0 }, 'int64');
  }

  /** Indices of the `count` largest entries of each row of x [rows, size], largest first: int64 [rows, count]. */
  largest(x: Value, count: number): Value {
    const types: ElementType[] = [this.typeOf(x), 'int64'];
    const [, indices = ''] =
      this.opset < 10
        ? this.nodes('TopK', [x], 2, { k: count, axis: 1 }, types)
        : this.nodes('TopK', [x, this.ints([count])], 2, { axis: 1 }, types);
    return indices;
  }

  /** @throws OnnxGradError `unsupported-attribute` where the model's operator set is older than `version` */
  need(version: number, what: string): void {
    if (this.opset < version) throw this.tooOld(version, what);
  }

  /** The error for something that the model's operator set lacks. */
  tooOld(version: number, what: string): OnnxGradError {
    return new OnnxGradError(
      'unsupported-attribute',
      `${what} needs operator set ${version}, but the model imports ${this.opset}; convert it with onnx.version_converter, or export it again with a newer operator set`,
    );
  }

  /** An operator whose `axes` are an attribute before some operator set and an input from then on. */
  #withAxes(
    opType: string,
    x: Value,
    axes: readonly number[] | Value,
    inputSince: number,
    attributes: Readonly<Record<string, NewAttribute>> = {},
  ): Value {
    if (axes.length === 0) return x;
    if (typeof axes === 'string') {
      this.need(inputSince, `${opType} along axes that are computed`);
      return this.node(opType, [x, axes], attributes);
    }
    if (this.opset < inputSince) return this.node(opType, [x], { axes, ...attributes });
    return this.node(opType, [x, this.ints(axes)], attributes);
  }

  #fresh(): Value {
    return `${this.#prefix}${this.#count++}`;
  }

  #free(name: string): string {
    let free = name;
    for (let suffix = 1; this.graph.has(free) || this.#types.has(free); suffix++) free = `${name}_${suffix}`;
    return free;
  }
}

/** JSON has no name for −0, infinities and NaN. */
function written(_: string, value: unknown): unknown {
  return typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value))
    ? `number ${Object.is(value, -0) ? '-0' : value}`
    : value;
}

/** A node's attributes as those of a new one; tensors and subgraphs are left out. */
export function attributesOf(node: Node): Record<string, NewAttribute | undefined> {
  const attributes: Record<string, NewAttribute | undefined> = {};
  for (const [name, { f, i, s, ints, floats }] of node.attributes) {
    if (i !== undefined) attributes[name] = i;
    else if (f !== undefined) attributes[name] = { float: f };
    else if (s !== undefined) attributes[name] = s;
    else if (ints !== undefined && ints.length > 0) attributes[name] = ints;
    else if (floats !== undefined && floats.length > 0) attributes[name] = { floats };
  }
  return attributes;
}
