import { readNode } from '../bytes/node.js';
import { MessageReader } from '../bytes/reader.js';
import { functionOf, type Graph } from '../graph/graph.js';
import type { Node } from '../graph/types.js';
import { type Branch, readBranch } from './branch.js';
import { definitions } from './definitions.js';
import { formDiffers } from './forms.js';
import { type LocalFunction, readFunction } from './function.js';

/** Why a call of a model-local function stays a call; undefined where its body can take its place. */
export function callObstacle(graph: Graph, node: Node, local: LocalFunction): string | undefined {
  const { inputs, outputs, nodes, opsets } = local;
  if (node.inputs.length > inputs.length || node.outputs.length > outputs.length)
    return `it calls a function of ${inputs.length} inputs and ${outputs.length} outputs with ${node.inputs.length} and ${node.outputs.length}; export the model again`;
  for (const body of nodes) {
    const differing = differentForm(graph, opsets, readNode(new MessageReader(body), 0, 0));
    if (differing !== undefined) return differing;
  }
  return undefined;
}

function differentForm(graph: Graph, opsets: ReadonlyMap<string, number>, node: Node): string | undefined {
  const { domain, opType, attributes } = node;
  const [own, outer] = [opsets.get(domain), graph.opsets.get(domain)];
  if (own !== undefined && outer !== undefined && own !== outer && functionOf(graph, node) === undefined) {
    if (domain !== '' || formDiffers(node, own, outer))
      return (
        `its function is written for operator set ${own} of ${domain || 'ai.onnx'}, the model for ${outer}, and ${opType} may mean another thing in each; ` +
        'export the model with one operator set'
      );
  }
  for (const { graph: subgraph } of attributes.values()) {
    if (subgraph === undefined) continue;
    for (const inner of definitions(new MessageReader(subgraph)).nodes) {
      const differing = differentForm(graph, opsets, inner);
      if (differing !== undefined) return differing;
    }
  }
  return undefined;
}

/** Why a branch of an `If` cannot take its place, though the condition is constant. */
export function branchObstacle(graph: Graph, node: Node, { inputs, outputs, initializers, sparse }: Branch): string | undefined {
  if (inputs > 0 || outputs.length < node.outputs.length)
    return `its branch has ${inputs} inputs and ${outputs.length} outputs where none and ${node.outputs.length} are expected; export the model again`;
  if (sparse) return 'its branch stores sparse tensors; export the model with dense ones';
  if (graph.irVersion < 4 && initializers.length > 0)
    return `its branch stores tensors, which IR version ${graph.irVersion} keeps apart; save the model with a current version of onnx`;
  return undefined;
}

/** Why a node that stands for others was not replaced by them; undefined for ordinary operators, and for an `If` whose condition is computed. */
export function obstacle(graph: Graph, node: Node): string | undefined {
  const local = functionOf(graph, node);
  if (local !== undefined)
    return (
      callObstacle(graph, node, readFunction(local)) ??
      'it calls a function of the model itself; give the graph as inline(readModel(bytes)) makes it'
    );
  if (node.domain !== '' || node.opType !== 'If') return undefined;
  for (const name of ['then_branch', 'else_branch']) {
    const branch = node.attributes.get(name)?.graph;
    const why = branch && branchObstacle(graph, node, readBranch(branch));
    if (why !== undefined) return why;
  }
  return undefined;
}
