import { ancestors, type Graph, type Node, stops } from 'onnx-grad';
import { hasTokens, isSpatial } from './axes.js';
import { operands } from './rules.js';
import type { Traced } from './trace.js';

/** Operators in which positions meet, whatever the shape of what they give. */
const attention: ReadonlySet<string> = new Set(['Attention', 'MultiHeadAttention', 'GroupQueryAttention', 'PackedAttention']);

/** Operators that take some tokens and leave others. */
const picking: ReadonlySet<string> = new Set(['Gather', 'Slice', 'Split']);

/**
 * The values whose positions of the picture reach the score. Behind the last attention of a transformer that reads its class token
 * alone they do not: their gradient is 0.
 */
export function reachingValues(graph: Graph, traced: Traced, score: string): ReadonlySet<string> {
  const needed = ancestors(graph, [score]);
  const wanted = new Set([score]);
  // The score itself, where it is a map: a segmentation's.
  const reaching = new Set([score]);
  for (const node of [...needed].sort((one, other) => other.index - one.index)) {
    for (const input of node.inputs) wanted.add(input);
    if (stops.has(node.opType)) continue;
    const outputs = node.outputs.filter((output) => wanted.has(output));
    for (const input of node.inputs)
      if (isPicture(traced, input) && outputs.some((output) => passes(node, input, output, traced, reaching))) reaching.add(input);
  }
  return reaching;
}

function isPicture(traced: Traced, value: string): boolean {
  return traced.get(value)?.some(isSpatial) ?? false;
}

/** Whether positions of an input have a part in what an output gives to the score. */
function passes(node: Node, input: string, output: string, traced: Traced, reaching: ReadonlySet<string>): boolean {
  if (traced.get(output) === undefined || attention.has(node.opType) || isSummedOver(node, input, traced)) return true;
  if (isPicture(traced, output)) return reaching.has(output);
  // Nothing of the picture is left: it was summed up, unless other tokens were picked.
  return !(picking.has(node.opType) && traced.get(input)?.some(hasTokens));
}

/** Whether a matrix product sums over the positions of an operand: keys and values of an attention. */
function isSummedOver(node: Node, input: string, traced: Traced): boolean {
  if (!node.opType.includes('MatMul')) return false;
  const [left, right] = operands(node);
  const axis = [...(input === left ? [traced.get(input)?.at(-1)] : []), ...(input === right ? [traced.get(input)?.at(-2)] : [])];
  return axis.some((one) => one !== undefined && isSpatial(one));
}
