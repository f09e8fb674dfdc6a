import { MAX_RANK } from '../limits.js';
import { Attributes } from './attributes.js';
import type { Graph } from './graph.js';
import { type Dimension, type ElementType, elementType, type Fact, type Node, soundSize } from './types.js';
import { windowAttributes, windowCount, windowOf } from './window.js';

/** Looks up what is known of a value so far. */
type Known = (value: string) => Fact;
type Dims = readonly Dimension[];

/** What one operator lets be known of its first output's shape; undefined where nothing. Every input's facts may be partial. */
type Inference = (node: Node, x: Dims, known: Known, graph: Graph) => Dims | undefined;

const unchanged: Inference = (_, x) => x;

/** numpy's broadcasting; a dimension that cannot be decided is unknown. */
const broadcast: Inference = (node, _, known) => {
  const shapes = node.inputs.map((input) => known(input).dims);
  const ranks = shapes.map((dims) => dims?.length ?? 0);
  if (shapes.some((dims) => dims === undefined)) return undefined;
  const rank = Math.max(...ranks);
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((dims) => dims?.[axis - rank + dims.length] ?? 1).filter((size) => size !== 1);
    const [first] = sizes;
    return first === undefined ? 1 : sizes.every((size) => size === first) ? first : (sizes.find((size) => typeof size === 'number') ?? '');
  });
};

const pool: Inference = (node, x) => {
  const attributes = windowAttributes(new Attributes(node));
  if (attributes.kernel === undefined) return undefined;
  const window = windowOf(attributes, attributes.kernel);
  return [...x.slice(0, 2), ...x.slice(2).map((size, axis) => (typeof size === 'number' ? windowCount(window, axis, size) : ''))];
};

const globalPool: Inference = (_, x) => x.map((size, axis) => (axis < 2 ? size : 1));

const reduce: Inference = (node, x, _, graph) => {
  const a = new Attributes(node);
  const axes = a.ints('axes') ?? (node.inputs[1] ? graph.constant(node.inputs[1])?.data : []);
  if (axes === undefined || (axes.length === 0 && a.int('noop_with_empty_axes', 0) === 1)) return undefined;
  const reduced = new Set(axes.length === 0 ? x.keys() : axes.map((axis) => (axis < 0 ? axis + x.length : axis)));
  if (a.int('keepdims', 1) === 1) return x.map((size, axis) => (reduced.has(axis) ? 1 : size));
  return x.filter((_, axis) => !reduced.has(axis));
};

function product(sizes: Dims): Dimension {
  return sizes.every((size) => typeof size === 'number') ? sizes.reduce<number>((result, size) => result * (size as number), 1) : '';
}

/** A convolution whose weight is the input of this index. */
const convolution =
  (index: number): Inference =>
  (node, x, known) => {
    const weight = known(node.inputs[index] ?? '').dims;
    const kernel = weight?.slice(2).filter((size) => typeof size === 'number');
    if (weight === undefined || kernel?.length !== x.length - 2) return undefined;
    const window = windowOf(windowAttributes(new Attributes(node)), kernel);
    return [
      x[0] ?? '',
      weight[0] ?? '',
      ...x.slice(2).map((size, axis) => (typeof size === 'number' ? windowCount(window, axis, size) : '')),
    ];
  };

/** Whole images resized by constant scales, which are float32, and so is the product that is rounded down. */
const resized: Inference = (node, x, _, graph) => {
  const a = new Attributes(node);
  const input = node.opType === 'Upsample' || graph.opset < 11 ? 1 : 2;
  const scales = a.get('scales')?.floats ?? graph.constant(node.inputs[input] ?? '')?.data;
  const axes = a.ints('axes')?.map((axis) => (axis < 0 ? axis + x.length : axis)) ?? [...x.keys()];
  if (scales?.length !== axes.length || a.string('coordinate_transformation_mode', '') === 'tf_crop_and_resize') return undefined;
  return x.map((size, axis) => {
    const scale = scales[axes.indexOf(axis)] ?? 1;
    return scale === 1 ? size : typeof size === 'number' ? Math.floor(Math.fround(size * scale)) : '';
  });
};

const inferences: Readonly<Record<string, Inference>> = {
  Conv: convolution(1),
  QLinearConv: convolution(3),
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  ...Object.fromEntries(
    ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'].map((name) => [`Reduce${name}`, reduce]),
  ),
  Gemm: (node, x, known) => {
    const a = new Attributes(node);
    const weight = known(node.inputs[1] ?? '').dims;
    return [x[a.int('transA', 0)] ?? '', weight?.[1 - a.int('transB', 0)] ?? ''];
  },
  MatMul: (node, x, known) => {
    const weight = known(node.inputs[1] ?? '').dims;
    return weight?.length === 2 && x.length >= 2 ? [...x.slice(0, -1), weight[1] ?? ''] : undefined;
  },
  Flatten: (node, x) => {
    const axis = new Attributes(node).int('axis', 1);
    const split = axis < 0 ? axis + x.length : axis;
    return split === 1 ? [x[0] ?? '', product(x.slice(1))] : [product(x.slice(0, split)), product(x.slice(split))];
  },
  Concat: (node, x, known) => {
    const given = new Attributes(node).int('axis', 1);
    const along = given < 0 ? given + x.length : given;
    const parts = node.inputs.map((input) => known(input).dims?.[along] ?? '');
    const total = parts.every((size) => typeof size === 'number') ? parts.reduce<number>((sum, size) => sum + (size as number), 0) : '';
    return x.map((size, axis) => (axis === along ? total : size));
  },
  Resize: resized,
  Upsample: resized,
  // Operators whose other sizes are seen in a run keep the batch.
  Compress: (node, x) => {
    const a = new Attributes(node);
    const axis = a.int('axis', 0);
    return a.has('axis') ? x.map((size, other) => (other === (axis < 0 ? axis + x.length : axis) ? '' : size)) : [''];
  },
  Col2Im: (node, x, _, graph) => {
    const image = graph.constant(node.inputs[1] ?? '')?.data;
    return image && [x[0] ?? '', '', ...image];
  },
  AffineGrid: (_, x) =>
    typeof x[1] === 'number' ? [x[0] ?? '', ...new Array<string>(Math.min(x[1], MAX_RANK)).fill(''), x[1]] : undefined,
  MaxUnpool: (node, x) => (node.inputs[2] ? undefined : x.map((size, axis) => (axis < 2 ? size : ''))),
  Tile: (node, x, _, graph) => {
    const repeats = graph.constant(node.inputs[1] ?? '')?.data;
    if (repeats?.length !== x.length) return undefined;
    return x.map((size, axis) => (repeats[axis] === 1 ? size : product([size, repeats[axis] ?? ''])));
  },
  Transpose: (node, x) => (new Attributes(node).ints('perm') ?? [...x.keys()].reverse()).map((axis) => x[axis] ?? ''),
  Reshape: (node, x, _, graph) => {
    const shape = graph.constant(node.inputs[1] ?? '')?.data;
    if (shape === undefined) return undefined;
    const sizes = shape.map((size, axis) => (size === 0 ? (x[axis] ?? '') : size));
    // [-1, n] behind the batch keeps the batch first where the rest has n elements.
    const rest = sizes.slice(1);
    const same = product(rest) !== '' && product(rest) === product(x.slice(1));
    return sizes.map((size, axis) =>
      size !== -1
        ? size
        : axis === 0 && same
          ? (x[0] ?? '')
          : axis === 1 && sizes[0] === x[0] && sizes.length === 2
            ? product(x.slice(1))
            : '',
    );
  },
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Sum', 'Mean', 'Pow', 'Mod', 'PRelu', 'Min', 'Max'].map((operator) => [operator, broadcast]),
  ),
  ...Object.fromEntries(
    `Identity Dropout Relu LeakyRelu Clip Sigmoid HardSigmoid HardSwish Elu Selu Celu Gelu Swish Erf Softplus Softsign Mish ThresholdedRelu Shrink
    Neg Abs Exp Log Sqrt Reciprocal Cast Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh CumSum CumProd BatchNormalization InstanceNormalization
    LayerNormalization RMSNormalization GroupNormalization LpNormalization MeanVarianceNormalization LRN Softmax LogSoftmax QuantizeLinear DequantizeLinear`
      .split(/\s+/)
      .map((operator) => [operator, unchanged]),
  ),
};

/** The type of another input. */
const like =
  (index: number) =>
  (node: Node, known: Known): ElementType | undefined =>
    known(node.inputs[index] ?? '').type;

/** The type of the first output, of operators that have no inference of shapes or not the type of their first input. */
const typesOf: Readonly<Record<string, (node: Node, known: Known) => ElementType | undefined>> = {
  Cast: (node) => elementType(new Attributes(node).int('to', 0)),
  QuantizeLinear: (node, known) =>
    node.inputs[2] ? like(2)(node, known) : (elementType(new Attributes(node).int('output_dtype', 0)) ?? 'uint8'),
  DequantizeLinear: like(1),
  DynamicQuantizeLinear: () => 'uint8',
  QLinearConv: like(7),
  QLinearMatMul: like(7),
  ConvInteger: () => 'int32',
  MatMulInteger: () => 'int32',
  Where: like(1),
  CastLike: like(1),
  ...Object.fromEntries(
    'Squeeze Unsqueeze Slice Split Gather Expand Pad DepthToSpace SpaceToDepth'.split(' ').map((operator) => [operator, like(0)]),
  ),
};

/** An entry of a table by an operator's name, which comes from outside: `constructor` is none. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * Types and shapes of the values of a graph as far as simple rules tell them, in one pass: enough for a convolutional
 * network with sizes that are fixed or named, so that explaining it asks no runtime. What is not known here is left out.
 */
export function inferShapes(graph: Graph, known: Known): Map<string, Fact> {
  const inferred = new Map<string, Fact>();
  const lookUp: Known = (value) => inferred.get(value) ?? known(value);
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    if (node.domain !== '' || output === undefined) continue;
    const shaped = own(inferences, node.opType);
    const typed = own(typesOf, node.opType) ?? (shaped && like(0));
    const type = typed?.(node, lookUp);
    const x = lookUp(node.inputs[0] ?? '').dims;
    const dims = x && shaped?.(node, x, lookUp, graph);
    const sound = dims === undefined || dims.length > MAX_RANK ? known(output).dims : dims.map(soundSize);
    if (type !== undefined || sound !== undefined) inferred.set(output, { type, dims: sound });
  }
  return inferred;
}
