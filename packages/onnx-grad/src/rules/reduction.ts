import type { Value } from '../build/builder.js';
import { expandEntry, expandRows, inverseCount } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { type Rule, type RuleContext, rule, type VjpContext } from './rule.js';

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

/** The axes that a reduction runs over, ascending and counted from the front. */
function reducedAxes(c: RuleContext<ReduceAttributes>): number[] {
  const given = c.attributes.axes ?? c.constantInts(1) ?? [];
  if (given.length === 0) return c.attributes.noop ? [] : Array.from({ length: c.rank(c.x) }, (_, axis) => axis);
  return given.map((axis) => c.axis(axis)).sort((one, other) => one - other);
}

/** g with the reduced axes back, as size 1. */
function restored(c: VjpContext<ReduceAttributes>): Value {
  return c.attributes.keepdims ? c.g : c.b.unsqueeze(c.g, reducedAxes(c));
}

const keepsBatch = (c: RuleContext<ReduceAttributes>): boolean => !reducedAxes(c).includes(0);

/** Reductions along axes. */
export const reductionRules: readonly Rule[] = [
  rule('ReduceSum', { attributes: parse, inputs: [0], rows: keepsBatch, vjp: (c) => expandRows(c.b, restored(c), c.x, reducedAxes(c)) }),
  rule('ReduceMean', {
    attributes: parse,
    inputs: [0],
    rows: keepsBatch,
    vjp: (c) => expandRows(c.b, c.b.mul(restored(c), inverseCount(c.b, c.x, reducedAxes(c))), c.x, reducedAxes(c)),
    // The mean over all of space, as a pool: an entry of [rows, classes] is one of each plane.
    entry: (c, { index, value }) => {
      const axes = reducedAxes(c);
      const space = Array.from({ length: c.rank(c.x) - 2 }, (_, axis) => axis + 2);
      if (axes.length === 0 || axes.join() !== space.join()) return undefined;
      const restoredValue = c.attributes.keepdims ? value : c.b.unsqueeze(value, axes);
      return { index, value: expandEntry(c.b, c.b.mul(restoredValue, inverseCount(c.b, c.x, axes)), c.x) };
    },
  }),
];
