import type { GraphBuilder, Value } from '../build/builder.js';
import { findRule } from '../rules/table.js';
import { type Step, unsupported } from './path.js';

/**
 * A node that stands for several others gives way to them: they are written, and the steps through them take its place.
 *
 * @param values the values that a target depends on
 * @throws OnnxGradError `unsupported-operator` where one of the others has no rule
 */
export function expand(step: Step, b: GraphBuilder, values: ReadonlySet<Value>): Step[] {
  const { node, rule, wanted } = step;
  const used = new Set(node.outputs.flatMap((output, index) => (values.has(output) ? [index] : [])));
  const parts = rule.expand(node, b, used);
  if (parts === undefined) return [step];
  const reached = new Set([...wanted].map((index) => node.inputs[index] ?? ''));
  return parts.flatMap((part) => {
    const own = findRule(part, b.opset);
    const inputs = part.inputs.flatMap((name, index) => (reached.has(name) && (own?.differentiable(index, part) ?? true) ? [index] : []));
    if (inputs.length === 0) return [];
    if (own === undefined) throw unsupported(part, b.graph);
    for (const output of part.outputs) reached.add(output);
    return expand({ node: part, rule: own, wanted: new Set(inputs) }, b, new Set(part.outputs));
  });
}
