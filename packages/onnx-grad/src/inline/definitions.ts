import { GraphField, SparseField, TensorField } from '../bytes/fields.js';
import { readNode } from '../bytes/node.js';
import type { MessageReader } from '../bytes/reader.js';
import { readInitializer, readValueInfo } from '../bytes/value.js';
import type { Node } from '../graph/types.js';

/** What a subgraph defines itself. */
export interface Definitions {
  readonly values: ReadonlySet<string>;
  readonly nodes: readonly Node[];
}

/** The nodes of a subgraph, and the names that it defines: inputs, stored tensors, outputs of nodes. */
export function definitions(message: MessageReader): Definitions {
  const values = new Set<string>();
  const nodes: Node[] = [];
  message.fields((field) => {
    if (field === GraphField.node) {
      const node = readNode(message.message(), nodes.length, 0);
      nodes.push(node);
      for (const output of node.outputs) values.add(output);
    } else if (field === GraphField.initializer) values.add(readInitializer(message.message(), 0).name);
    else if (field === GraphField.sparseInitializer) values.add(sparseName(message.message()));
    else if (field === GraphField.input) values.add(readValueInfo(message.message()).name);
  });
  values.delete('');
  return { values, nodes };
}

/** A sparse tensor has the name of its values. */
function sparseName(message: MessageReader): string {
  let name = '';
  message.fields((field) => {
    if (field !== SparseField.values) return;
    const values = message.message();
    values.fields((part) => {
      if (part === TensorField.name) name = values.string();
    });
  });
  return name;
}
