import type { Graph } from '../graph/graph.js';
import type { Node } from '../graph/types.js';
import { findRule } from '../rules/table.js';
import type { Step } from './path.js';

/**
 * Pairs of steps that are one operator, in the sets that have it, are differentiated as that operator: Swish is x · σ(x) before operator set 24. Its slope
 * takes two thirds of the passes over a feature map that both factors take.
 *
 * @param kept values whose own cotangents are given or wanted
 */
export function fuse(steps: readonly Step[], graph: Graph, kept: ReadonlySet<string>): readonly Step[] {
  const fused = new Map<Node, Step>();
  const gone = new Set<Node>();
  for (const { node, wanted } of steps) {
    const gate = node.domain === '' && node.opType === 'Mul' && wanted.size === 2 ? gateOf(node, graph) : undefined;
    if (gate === undefined || kept.has(gate.outputs[0] ?? '') || graph.consumers(gate.outputs[0] ?? '').length > 1) continue;
    const swish = { ...node, opType: 'Swish', inputs: gate.inputs, attributes: new Map() };
    const rule = findRule(swish, graph.opset);
    if (rule === undefined) continue;
    fused.set(node, { node: swish, rule, wanted: new Set([0]) });
    gone.add(gate);
  }
  return steps.flatMap((step) => (gone.has(step.node) ? [] : [fused.get(step.node) ?? step]));
}

/** The Sigmoid that makes one factor of a product from the other. */
function gateOf({ inputs }: Node, graph: Graph): Node | undefined {
  const made = inputs.map((input) => graph.producer(input));
  return made.find((node, index) => node?.domain === '' && node.opType === 'Sigmoid' && node.inputs[0] === inputs[1 - index]);
}
