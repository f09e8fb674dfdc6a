import type { Value } from '../build/builder.js';
import { expandEntry, expandRows, inverseCount } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { type InputAxes, type Rule, type RuleContext, type RuleDefinition, rule, type VjpContext } from './rule.js';

interface ReduceAttributes {
  readonly axes: readonly number[] | undefined;
  readonly keepdims: boolean;
  /** From the operator set on in which axes are an input: whether no axes means to reduce none (else all). */
  readonly noop: boolean;
}

const parse = (a: Attributes): ReduceAttributes => ({
  axes: a.ints('axes'),
  keepdims: a.int('keepdims', 1) === 1,
  noop: a.int('noop_with_empty_axes', 0) === 1,
});

export type Reduction = VjpContext<ReduceAttributes>;

/** The axes that a reduction runs over, ascending and counted from the front; undefined where they are computed at run time. */
export function reducedAxes(c: RuleContext<ReduceAttributes>): number[] | undefined {
  const input = c.optional(1);
  const none = input === undefined || c.facts.of(input).dims?.[0] === 0;
  const given = c.attributes.axes ?? (none ? [] : c.facts.graph.constant(input)?.data);
  if (given?.length === 0) return c.attributes.noop ? [] : Array.from({ length: c.rank(c.x) }, (_, axis) => axis);
  return given?.map((axis) => c.axis(axis)).sort((one, other) => one - other);
}

/** A value of the output's shape with the reduced axes back, as size 1. */
export function restored(c: Reduction, value: Value): Value {
  if (c.attributes.keepdims) return value;
  const axes = reducedAxes(c);
  if (axes !== undefined) return c.b.unsqueeze(value, axes);
  // Where the axes are computed, the same reduction with its axes kept tells the shape.
  return c.b.reshape(value, c.b.shape(c.b.again(c.node, c.node.inputs, { keepdims: 1 })));
}

/** g spread to the shape of x. */
function spread(c: Reduction, g: Value): Value {
  const axes = reducedAxes(c);
  return axes === undefined ? c.b.expand(g, c.b.shape(c.x)) : expandRows(c.b, g, c.x, axes);
}

/** Σ over the reduced axes, kept as size 1. */
function sum(c: Reduction, value: Value): Value {
  const axes = reducedAxes(c);
  if (axes !== undefined) return c.b.sum(value, axes);
  return c.b.node('ReduceSum', [value, c.input(1)], { noop_with_empty_axes: c.attributes.noop ? 1 : 0 });
}

/** 1 / (number of elements that one of the output is made of). */
function inverse(c: Reduction): Value {
  const axes = reducedAxes(c);
  if (axes !== undefined) return inverseCount(c.b, c.x, axes);
  return c.b.div(c.b.product(c.b.shape(c.y), c.x), c.b.product(c.b.shape(c.x), c.x));
}

/** The axis of the input that an axis of the output is; undefined for one that is reduced. */
function survivor(c: RuleContext<ReduceAttributes>, axis: number): InputAxes | undefined {
  const axes = reducedAxes(c);
  if (axes === undefined) return undefined;
  const own = c.attributes.keepdims ? axis : Array.from({ length: c.rank(c.x) }, (_, at) => at).filter((at) => !axes.includes(at))[axis];
  return own === undefined || axes.includes(own) ? undefined : [own];
}

/** A reduction along axes; its rows stay apart where axis 0 is not among them. */
export function reduction(operator: string, definition: Pick<RuleDefinition<ReduceAttributes>, 'vjp' | 'entry'>): Rule {
  return rule(operator, {
    ...definition,
    attributes: parse,
    inputs: [0],
    rows: (c) => reducedAxes(c)?.includes(0) === false,
    along: survivor,
  });
}

/** A reduction whose cotangent is that of its output times a slope at each element. */
const sloped = (operator: string, slope: (c: Reduction) => Value): Rule =>
  reduction(operator, { vjp: (c) => c.b.mul(restored(c, c.g), slope(c)) });

/** The elements that are the largest or smallest share the cotangent evenly. */
function share(c: Reduction): Value {
  const ties = c.b.cast(c.b.equal(c.x, restored(c, c.y)), c.b.typeOf(c.x));
  return c.b.div(ties, sum(c, ties));
}

/** Reductions along axes. */
export const reductionRules: readonly Rule[] = [
  reduction('ReduceSum', { vjp: (c) => spread(c, restored(c, c.g)) }),
  reduction('ReduceMean', {
    vjp: (c) => spread(c, c.b.mul(restored(c, c.g), inverse(c))),
    // The mean over all of space, as a pool: an entry of [rows, classes] is one of each plane.
    entry: (c, { index, value }) => {
      const axes = reducedAxes(c) ?? [];
      const space = Array.from({ length: c.rank(c.x) - 2 }, (_, axis) => axis + 2);
      if (axes.length === 0 || axes.join() !== space.join()) return undefined;
      const restoredValue = c.attributes.keepdims ? value : c.b.unsqueeze(value, axes);
      return { index, value: expandEntry(c.b, c.b.mul(restoredValue, inverseCount(c.b, c.x, axes)), c.x) };
    },
  }),
  sloped('ReduceMax', share),
  sloped('ReduceMin', share),
  sloped('ReduceL1', ({ b, x }) => b.sign(x)),
  // x / ‖x‖, and 0 for ‖x‖ = 0
  sloped('ReduceL2', (c) => {
    const norm = restored(c, c.y);
    return c.b.div(c.x, c.b.add(norm, c.b.cast(c.b.equal(norm, c.b.scalar(0, norm)), c.b.typeOf(norm))));
  }),
  sloped('ReduceSumSquare', ({ b, x }) => b.scale(x, 2)),
  reduction('ReduceLogSum', { vjp: (c) => spread(c, c.b.div(restored(c, c.g), sum(c, c.x))) }),
  sloped('ReduceLogSumExp', (c) => c.b.exp(c.b.sub(c.x, restored(c, c.y)))),
];
