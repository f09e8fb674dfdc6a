import { Attributes, type Facts, type Graph, type Node } from 'onnx-grad';
import type { Dimension } from '../runtime/runtime.js';
import { type Axes, type Axis, axisOf, hasTokens, holds, isKnown, isSpatial, plain, type Role, whole } from './axes.js';
import { constantInts, cut, readSlice } from './cut.js';
import { regroup } from './regroup.js';

/** A node whose outputs are traced, one output at a time. */
export interface Step {
  readonly node: Node;
  readonly output: string;
  /** Which of the node's outputs. */
  readonly index: number;
  readonly dims: readonly Dimension[];
  readonly graph: Graph;
  readonly facts: Facts;
  /** The size of the batch. */
  readonly images: Dimension;
  readonly axesOf: (value: string) => Axes | undefined;
}

/** What an output's axes hold, from what those of the inputs hold. */
type TraceRule = (step: Step) => Axes | undefined;

const unknown = (size: Dimension): Axis => axisOf('unknown', size);

/** The first input's axes and dimensions. */
function first({ node, facts, axesOf }: Step): { x: Axes | undefined; from: readonly Dimension[] } {
  const [name = ''] = node.inputs;
  return { x: axesOf(name), from: facts.of(name).dims ?? [] };
}

/**
 * Operators on each element, broadcast: activations, arithmetic, normalisations, Softmax, and whatever else gives a value of
 * its inputs' shape. An axis holds what it holds in any input that knows; where two say different things, nobody knows.
 */
export const elementwise: TraceRule = ({ node, dims, facts, axesOf }) => {
  const inputs: { axes: Axes; lead: number }[] = [];
  for (const name of node.inputs) {
    const axes = axesOf(name);
    const from = facts.of(name).dims;
    if (axes === undefined || from === undefined) continue;
    const lead = dims.length - from.length;
    if (lead < 0 || !from.every((size, axis) => spreads(size, dims[axis + lead] ?? ''))) return undefined;
    inputs.push({ axes, lead });
  }
  if (inputs.length === 0) return undefined;
  return dims.map((size, axis) => {
    const held = inputs.flatMap(({ axes, lead }) => axes[axis - lead] ?? []).filter((one) => one.parts.length > 0 || hasTokens(one));
    return size === 1 ? (held[0] ?? plain([])) : agreed(held, size);
  });
};

/** Whether an axis may be broadcast to another size: a symbol that meets a number stands for it. */
function spreads(from: Dimension, to: Dimension): boolean {
  return from === to || from === 1 || from === '' || to === '' || (typeof from === 'string' && typeof to === 'number');
}

/** What all that is known of an axis says; unknown where nothing is known, or not one thing. */
function agreed(held: readonly Axis[], size: Dimension): Axis {
  const [one, ...others] = held.filter(isKnown);
  return one !== undefined && others.every((other) => signature(other) === signature(one)) ? one : unknown(size);
}

function signature({ parts, before, after }: Axis): string {
  return `${before} ${parts.map(({ of, step }) => `${of} ${step}`).join()} ${after}`;
}

/** Operators that are defined on [images, channels, rows, columns], and make such a map anew. */
const spatial: TraceRule = (step) => {
  const { dims, output, images } = step;
  const { x } = first(step);
  if (dims.length !== 4) return undefined;
  const [rows, columns] = [x?.[2], x?.[3]];
  const turned = rows !== undefined && columns !== undefined && holds(rows, 'columns') && holds(columns, 'rows');
  const roles: readonly Role[] = ['images', 'channels', ...(turned ? (['columns', 'rows'] as const) : (['rows', 'columns'] as const))];
  // Attention maps pass convolutions too: their positions are no picture.
  const foreign = [rows, columns].some((axis, side) => {
    const role = roles[side + 2];
    return axis !== undefined && role !== undefined && axis.parts.length > 0 && isKnown(axis) && !holds(axis, role);
  });
  if (foreign) return undefined;
  return dims.map((size, axis) => {
    if (axis === 0) return size === images ? whole('images', size) : unknown(size);
    if (axis === 1) return whole('channels', size);
    return axisOf(roles[axis] ?? 'unknown', size, [output, axis]);
  });
};

const reshape: TraceRule = (step) => {
  const { x, from } = first(step);
  return x && regroup(x, from, step.dims);
};

const transpose: TraceRule = (step) => {
  const { x, from } = first(step);
  const perm = new Attributes(step.node).ints('perm') ?? [...from.keys()].reverse();
  return x && perm.map((axis, at) => x[axis] ?? unknown(step.dims[at] ?? ''));
};

/** Tokens that do not come from the picture are put before or behind those that do; channels beside channels. */
const concat: TraceRule = (step) => {
  const { node, dims, facts, axesOf } = step;
  const given = new Attributes(node).int('axis', 1);
  const along = given < 0 ? given + dims.length : given;
  const others = elementwiseExcept(step, along);
  if (others === undefined) return undefined;
  const pieces = node.inputs.map((name) => ({ held: axesOf(name)?.[along], size: facts.of(name).dims?.[along] ?? '' }));
  return others.map((axis, index) => (index === along ? joined(pieces, dims[along] ?? '') : axis));
};

function joined(pieces: readonly { readonly held: Axis | undefined; readonly size: Dimension }[], size: Dimension): Axis {
  const known = pieces.flatMap(({ held }) => (held !== undefined && held.parts.length > 0 ? [held] : []));
  if (known.length > 0 && known.every((axis) => holds(axis, 'channels'))) return whole('channels', size);
  const picture = pieces.findIndex(({ held }) => held !== undefined && isSpatial(held) && isKnown(held));
  const axis = pieces[picture]?.held;
  const beside = (from: number, to: number) =>
    pieces.slice(from, to).reduce((sum, piece) => sum + (typeof piece.size === 'number' ? piece.size : Number.NaN), 0);
  const [before, after] = [beside(0, picture), beside(picture + 1, pieces.length)];
  const alone = pieces.every(({ held }, index) => index === picture || held === undefined || !isSpatial(held));
  if (axis === undefined || !alone || Number.isNaN(before + after)) return unknown(size);
  return { parts: axis.parts, before: axis.before + before, after: axis.after + after };
}

/** The axes other than `along`, which inputs share. */
function elementwiseExcept(step: Step, along: number): Axes | undefined {
  const inputs = step.node.inputs.flatMap((name) => {
    const axes = step.axesOf(name);
    return axes?.length === step.dims.length ? [axes] : [];
  });
  if (inputs.length === 0) return undefined;
  return step.dims.map((size, axis) =>
    axis === along
      ? unknown(size)
      : agreed(
          inputs.flatMap((axes) => axes[axis] ?? []),
          size,
        ),
  );
}

const slice: TraceRule = (step) => {
  const { x, from } = first(step);
  const ranges = readSlice(step.node, step.graph, from.length);
  if (x === undefined || ranges === undefined) return undefined;
  return x.map((axis, index) => {
    const range = ranges.get(index);
    return range === undefined ? axis : cut(axis, range, from[index] ?? '', step.dims[index] ?? '', [step.output, index]);
  });
};

const split: TraceRule = (step) => {
  const { node, index, dims, facts } = step;
  const { x, from } = first(step);
  const given = new Attributes(node).int('axis', 0);
  const along = given < 0 ? given + from.length : given;
  const sizes = node.outputs.slice(0, index + 1).map((name) => Number(facts.of(name).dims?.[along] ?? Number.NaN));
  const to = sizes.reduce((sum, size) => sum + size, 0);
  const range = { from: to - (sizes.at(-1) ?? 0), to, step: 1 };
  return x?.map((axis, at) =>
    at === along ? cut(axis, Number.isNaN(to) ? undefined : range, from[at] ?? '', dims[at] ?? '', [step.output, at]) : axis,
  );
};

const gather: TraceRule = (step) => {
  const { node, dims, facts, graph } = step;
  const { x, from } = first(step);
  const indices = facts.of(node.inputs[1] ?? '').dims;
  if (x === undefined || indices === undefined) return undefined;
  const given = new Attributes(node).int('axis', 0);
  const along = given < 0 ? given + from.length : given;
  const chosen = graph.constant(node.inputs[1] ?? '')?.data;
  const axis = x[along];
  const size = dims[along] ?? '';
  const picked = () => {
    if (axis !== undefined && holds(axis, 'channels')) return axisOf('channels', size);
    const tokens = axis !== undefined && chosen?.every((index) => index >= 0 && index < axis.before);
    return tokens ? { parts: [], before: chosen?.length ?? 0, after: 0 } : unknown(size);
  };
  return [
    ...x.slice(0, along),
    ...(indices.length === 0 ? [] : indices.length === 1 ? [picked()] : indices.map(unknown)),
    ...x.slice(along + 1),
  ];
};

const reduce: TraceRule = (step) => {
  const { node, graph } = step;
  const { x, from } = first(step);
  const a = new Attributes(node);
  const axes = a.ints('axes') ?? (node.inputs[1] ? constantInts(graph, node.inputs[1]) : []);
  if (x === undefined || axes === undefined) return undefined;
  if (axes.length === 0 && a.int('noop_with_empty_axes', 0) === 1) return x;
  const gone = new Set(axes.length === 0 ? from.keys() : axes.map((axis) => (axis < 0 ? axis + from.length : axis)));
  // Rows without their columns are no picture any more.
  const partial = x.some((axis, index) => gone.has(index) && isSpatial(axis));
  const rest = x.map((axis, index) => (partial && !gone.has(index) && isSpatial(axis) ? unknown(from[index] ?? '') : axis));
  return a.int('keepdims', 1) === 1
    ? rest.map((axis, index) => (gone.has(index) ? plain([]) : axis))
    : rest.filter((_, index) => !gone.has(index));
};

/** Rows of the left operand, columns of the right one; a weight on the right makes channels of channels. */
const matmul: TraceRule = (step) => {
  const { node, dims, facts, axesOf } = step;
  const [left = '', right = ''] = operands(node);
  const [a, b] = [axesOf(left), axesOf(right)];
  const ranks = [left, right].map((name) => facts.of(name).dims?.length ?? 0);
  if (dims.length < 2 || ranks.some((rank) => rank < 2)) return undefined;
  const rank = dims.length;
  return dims.map((size, axis) => {
    const at = (axes: Axes | undefined) => axes?.[axis - rank + axes.length];
    if (axis === rank - 2) return a === undefined ? projected(b?.at(-2), size) : (a.at(-2) ?? unknown(size));
    if (axis === rank - 1) return b === undefined ? projected(a?.at(-1), size) : (b.at(-1) ?? unknown(size));
    return agreed(
      [at(a), at(b)].flatMap((held) => held ?? []),
      size,
    );
  });
};

const gemm: TraceRule = (step) => {
  const { x } = first(step);
  const [rows, features] = x ?? [];
  const { dims, node } = step;
  if (rows === undefined || dims.length !== 2 || new Attributes(node).int('transA', 0) === 1) return undefined;
  return [rows, projected(features, dims[1] ?? '')];
};

/** What a product with weights makes of an axis that it sums over. */
function projected(axis: Axis | undefined, size: Dimension): Axis {
  return axis !== undefined && holds(axis, 'channels') ? whole('channels', size) : unknown(size);
}

/** The two matrices of a product; quantised ones have their scales between them. */
export function operands({ opType, inputs }: Node): readonly (string | undefined)[] {
  return opType === 'QLinearMatMul' ? [inputs[0], inputs[3]] : inputs;
}

const table: readonly (readonly [operators: string, rule: TraceRule])[] = [
  [
    `Conv ConvTranspose ConvInteger QLinearConv FusedConv DeformConv Resize Upsample DepthToSpace SpaceToDepth MaxUnpool MaxPool
    AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool QLinearAveragePool QLinearGlobalAveragePool`,
    spatial,
  ],
  ['Reshape Flatten Squeeze Unsqueeze', reshape],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Slice', slice],
  ['Split', split],
  ['Gather', gather],
  ['ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare', reduce],
  ['MatMul MatMulInteger QLinearMatMul FusedMatMul', matmul],
  ['Gemm', gemm],
];

/** How operators move axes, for those that are not `elementwise`. */
export const rules: ReadonlyMap<string, TraceRule> = new Map(
  table.flatMap(([operators, rule]) => operators.split(/\s+/).map((operator) => [operator, rule] as const)),
);
