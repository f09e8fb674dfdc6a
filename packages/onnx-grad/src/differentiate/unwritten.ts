import type { GraphBuilder, Value } from '../build/builder.js';
import type { Cotangent } from '../build/cotangent.js';
import { isEntry } from '../build/entry.js';
import { isStretch, type Stretch } from '../build/stretch.js';
import { unbroadcast } from '../build/unbroadcast.js';
import type { Node } from '../graph/types.js';
import type { Rule } from '../rules/rule.js';
import { cut, hasRanks } from './cut.js';

/**
 * Cotangents that are mostly zeros, passed on without writing these: an entry of each row, or a stretch of an axis, where it begins and as far as it lasts.
 *
 * @param arriving at the outputs
 * @returns the cotangents of the wanted inputs; undefined where the zeros must be written
 */
export function unwritten(
  b: GraphBuilder,
  node: Node,
  rule: Rule,
  wanted: ReadonlySet<number>,
  arriving: readonly (Cotangent | undefined)[],
): Map<number, Cotangent> | undefined {
  const [first, ...others] = arriving;
  if (isEntry(first)) return toAll(wanted, rule.entry(node, b, wanted, first));
  if (first === undefined || others.some((other) => other !== undefined)) return undefined;
  return isStretch(first) ? throughStretch(b, node, rule, wanted, first) : toAll(wanted, rule.stretch(node, b, wanted, first));
}

function toAll(wanted: ReadonlySet<number>, cotangent: Cotangent | undefined): Map<number, Cotangent> | undefined {
  return cotangent === undefined ? undefined : new Map([...wanted].map((index) => [index, cotangent]));
}

/** A node that treats the positions of an axis apart is differentiated where the stretch lies: by its own rule, asked of what inputs and output hold there. */
function throughStretch(
  b: GraphBuilder,
  node: Node,
  rule: Rule,
  wanted: ReadonlySet<number>,
  stretch: Stretch,
): Map<number, Cotangent> | undefined {
  // What other outputs hold is not cut, and a rule may read it.
  if (!hasRanks(b, node) || node.outputs.filter((output) => output !== '').length > 1) return undefined;
  const axes = rule.along(node, b.facts, b.opset, wanted, stretch.axis);
  if (axes === undefined || axes.includes(0)) return undefined;
  const { from, size } = stretch;
  const held = (value: Value, axis: number | undefined) => (axis === undefined ? value : cut(b, value, { axis, from, size }));
  const part: Node = {
    ...node,
    inputs: node.inputs.map((input, index) => held(input, axes[index])),
    outputs: node.outputs.map((output) => (output === '' ? output : held(output, stretch.axis))),
  };
  const cotangents = new Map<number, Cotangent>();
  for (const [index, cotangent] of rule.vjp(part, b, wanted, [stretch.value])) {
    const own = rule.broadcasts ? unbroadcast(b, cotangent, part.inputs[index] ?? '', part.outputs[0] ?? '') : cotangent;
    const axis = axes[index];
    cotangents.set(index, axis === undefined ? own : { axis, from, size, value: own });
  }
  return cotangents;
}
