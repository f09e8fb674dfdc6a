import { concat, field, withGraph } from '../bytes/append.js';
import { GraphField, ModelField } from '../bytes/fields.js';
import { readModel } from '../bytes/read.js';
import { MessageReader } from '../bytes/reader.js';
import { encodeOpset } from '../bytes/write.js';
import { Facts } from '../graph/facts.js';
import { functionOf, type Graph } from '../graph/graph.js';
import { Expander } from './expand.js';
import { withoutFunctions } from './rewrite.js';

/**
 * The graph with functions and branches in the place of the nodes that stand for them: each call of a model-local function gives way to the
 * function's body, each `If` whose condition is constant to the branch that is taken, and what these hold in turn. Values of the graph keep their
 * names; those inside of a body get the name of its node in front. What a runtime computes stays the same, since it does just that when it loads the model.
 *
 * A graph that has neither is returned as it is. Otherwise new bytes are written; weights are copied, never parsed. What cannot be put in place (a
 * function written for another operator set, a condition that is computed) stays: it matters only where a gradient has to pass, and is refused there.
 *
 * @param facts what is known of shapes, for conditions that ask for a size
 * @throws OnnxGradError `invalid-model` for a function that calls itself; `limit` where bodies within bodies come to too many nodes
 */
export function inline(graph: Graph, facts: Facts = new Facts(graph)): Graph {
  const standsForOthers = graph.nodes.some((node) => node.opType === 'If' || functionOf(graph, node) !== undefined);
  if (!standsForOthers) return graph;
  const expander = new Expander(graph, facts);
  const body: Uint8Array[] = [];
  let index = 0;
  for (const { start, end } of graph.graphFields) {
    const message = new MessageReader(graph.bytes, start, end);
    let from = start;
    message.fields((number) => {
      if (number !== GraphField.node) return;
      const { fieldStart } = message;
      const [nodeStart, nodeEnd] = message.range();
      const node = graph.nodes[index++];
      const nodes = node && expander.replacement(node, graph.bytes.subarray(nodeStart, nodeEnd));
      if (nodes === undefined) return;
      body.push(graph.bytes.subarray(from, fieldStart), ...nodes.map((inner) => field(GraphField.node, inner)));
      from = nodeEnd;
    });
    body.push(graph.bytes.subarray(from, end));
  }
  if (!expander.changed) return graph;
  const after: Uint8Array[] = [];
  for (const tensor of expander.initializers) body.push(field(GraphField.initializer, tensor));
  for (const [domain, version] of expander.imports) after.push(field(ModelField.opsetImport, encodeOpset(domain, version)));
  const bytes = concat([...withGraph(graph, body), ...after]);
  const { externalData } = graph;
  return readModel(expander.keepsCalls ? bytes : withoutFunctions(bytes), { externalData });
}
