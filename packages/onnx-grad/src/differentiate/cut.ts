import type { GraphBuilder, Value } from '../build/builder.js';
import type { Place } from '../build/stretch.js';
import type { Node } from '../graph/types.js';
import { findRule } from '../rules/table.js';

/** Functions in a row that are computed again; real models fuse some five. */
const MAX_AGAIN = 8;

/**
 * What a value of the graph holds in a place, its facts stated. What a function of one value made position by position is computed again from what that value
 * holds there, one token instead of all: runtimes fuse such functions, and would not if something read what lies between them.
 *
 * @param left how many functions in a row may be computed again
 */
export function cut(b: GraphBuilder, value: Value, place: Place, left = MAX_AGAIN): Value {
  const { axis, from, size } = place;
  const { type, dims } = b.facts.of(value);
  const part = (left > 0 ? again(b, value, place, left - 1) : undefined) ?? b.slice(value, axis, from, from + size);
  b.facts.state(part, { type, dims: dims?.map((whole, at) => (at === axis ? size : whole)) });
  return part;
}

/** The producer's operator on what its one input that is not stored holds in the place; undefined where it is another kind of node. */
function again(b: GraphBuilder, value: Value, { axis, from, size }: Place, left: number): Value | undefined {
  const node = b.graph.producer(value);
  if (node === undefined || node.domain !== '' || node.outputs[0] !== value) return undefined;
  const rule = findRule(node, b.opset);
  const varying = new Set([...node.inputs.keys()].filter((index) => !isStored(b, node.inputs[index] ?? '')));
  const [only] = varying;
  if (rule === undefined || !rule.pointwise || only === undefined || varying.size > 1 || !hasRanks(b, node)) return undefined;
  // The builder gives a node's output the type of its first input.
  if (node.inputs.some((input) => b.typeOf(input) !== b.typeOf(value))) return undefined;
  const axes = rule.along(node, b.facts, b.opset, varying, axis);
  if (axes?.[only] === undefined) return undefined;
  const inputs = node.inputs.map((input, index) => {
    const own = axes[index];
    return own === undefined ? input : cut(b, input, { axis: own, from, size }, left);
  });
  return b.again(node, inputs);
}

/** Whether the ranks of all that a node reads and gives are known: nobody learns them of what lies beside the path. */
export function hasRanks(b: GraphBuilder, { inputs, outputs }: Node): boolean {
  return [...inputs, ...outputs].every((name) => name === '' || b.facts.of(name).dims !== undefined);
}

/** Whether a value is stored in the model; exporters give one that serves twice a second name by an Identity. */
function isStored(b: GraphBuilder, value: Value): boolean {
  const producer = b.graph.producer(value);
  const name = producer?.opType === 'Identity' ? (producer.inputs[0] ?? '') : value;
  return name === '' || b.graph.initializers.has(name) || b.graph.producer(name)?.opType === 'Constant';
}
