import { OnnxGradError } from '../errors.js';
import type { Facts } from '../graph/facts.js';
import { describe, functionOf, type Graph, valuesRead } from '../graph/graph.js';
import { type ElementType, isFloating, isQuantized, type Node } from '../graph/types.js';
import { obstacle } from '../inline/obstacle.js';
import { refusalOf } from '../rules/refusals.js';
import type { Rule } from '../rules/rule.js';
import { findRule, isStop } from '../rules/table.js';

/** A node on the path, its row of the table, and its inputs that lie on the path. */
export interface Step {
  readonly node: Node;
  readonly rule: Rule;
  readonly wanted: ReadonlySet<number>;
}

/** The part of a graph that a gradient has to walk. */
export interface Path {
  /** In topological order. */
  readonly steps: readonly Step[];
  /** All values on it: from the sources, and to a target. */
  readonly values: ReadonlySet<string>;
}

/**
 * The nodes that lie between `sources` and `targets`: those whose output depends on a source through operators that pass
 * gradients, and on which a target depends.
 *
 * @throws OnnxGradError `unsupported-operator` for a node on the path that has no rule
 */
export function findPath(graph: Graph, facts: Facts, sources: readonly string[], targets: readonly string[]): Path {
  // Behind a single source nothing matters; behind one of several there may be another.
  const upTo = new Set(sources.length === 1 ? sources : []);
  const between = [...ancestors(graph, targets, upTo)].sort((one, other) => one.index - other.index);
  const reached = new Set<string>(sources);
  const candidates: { node: Node; rule: Rule | undefined; wanted: Set<number> }[] = [];
  for (const node of between) {
    // A function of the model itself is what it says, not what else bears its name.
    const local = functionOf(graph, node) !== undefined;
    if (!local && isStop(node)) continue;
    const rule = local ? undefined : findRule(node, graph.opset);
    const wanted = new Set<number>();
    node.inputs.forEach((name, index) => {
      if (reached.has(name) && (rule?.differentiable(index, node) ?? true)) wanted.add(index);
    });
    const captured = rule === undefined && valuesRead(node).some((name) => reached.has(name));
    if (wanted.size === 0 && !captured) continue;
    const integers = rule?.quantized === true || [...wanted].some((index) => !isFloating(facts.of(node.inputs[index] ?? '').type));
    const carrying = node.outputs.filter(
      (output, index) => output !== '' && (rule?.carries(index) ?? true) && carries(facts.of(output).type, integers),
    );
    if (carrying.length === 0) continue;
    candidates.push({ node, rule, wanted });
    for (const output of carrying) reached.add(output);
  }
  // What was reached forwards may still lead nowhere: keep what a target needs through inputs that carry gradients.
  const needed = new Set<string>(targets);
  const steps: Step[] = [];
  for (const { node, rule, wanted } of candidates.reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    if (rule === undefined) throw unsupported(node, graph);
    steps.push({ node, rule, wanted });
    for (const index of wanted) needed.add(node.inputs[index] ?? '');
  }
  const values = new Set([...needed].filter((value) => reached.has(value)));
  return { steps: steps.reverse(), values };
}

/** The nodes on which the values depend. @param upTo values behind which nobody looks further */
export function ancestors(graph: Graph, values: Iterable<string>, upTo: ReadonlySet<string> = new Set()): Set<Node> {
  const nodes = new Set<Node>();
  const open = [...values];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const node = upTo.has(value) ? undefined : graph.producer(value);
    if (node === undefined || nodes.has(node)) continue;
    nodes.add(node);
    open.push(...valuesRead(node));
  }
  return nodes;
}

/**
 * Whether values of a type carry a gradient on: floating-point ones, and those of which nothing is known. Integers do where they stand for
 * real numbers, since they were quantised; what comes from floating-point numbers otherwise, by a Cast or as indices, is a step.
 */
function carries(type: ElementType | undefined, fromIntegers: boolean): boolean {
  return type === undefined || isFloating(type) || (fromIntegers && isQuantized(type));
}

/** The error for a node on the path that has no rule. */
export function unsupported(node: Node, graph: Graph): OnnxGradError {
  const domain = node.domain === '' ? 'ai.onnx' : node.domain;
  const version = graph.opsets.get(node.domain);
  const refusal = refusalOf(node.domain, node.opType);
  const why = obstacle(graph, node) ?? (refusal && `${refusal.why}; ${refusal.instead}`);
  if (why !== undefined) return new OnnxGradError('unsupported-operator', `${describe(node)} lies on the path, and ${why}`);
  return new OnnxGradError(
    'unsupported-operator',
    `${describe(node)} lies on the path, and operator ${node.opType} of domain ${domain}, operator set ${version ?? 'unknown'}, has no differentiation rule. ` +
      'Choose a value after this node, export the model with simpler operators, or add a row to the table of rules (CONTRIBUTING.md)',
  );
}
