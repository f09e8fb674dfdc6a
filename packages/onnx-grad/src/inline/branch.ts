import { GraphField } from '../bytes/fields.js';
import { MessageReader } from '../bytes/reader.js';
import { readValueInfo } from '../bytes/value.js';
import { definitions } from './definitions.js';

/** A branch of an `If`. */
export interface Branch {
  /** Number of inputs, which a branch should not have. */
  readonly inputs: number;
  readonly outputs: readonly string[];
  /** Its nodes and stored tensors, in order, still encoded. */
  readonly nodes: readonly Uint8Array[];
  readonly initializers: readonly Uint8Array[];
  /** Whether it stores sparse tensors, too. */
  readonly sparse: boolean;
  /** The names that it defines; it takes all others from around it. */
  readonly defined: ReadonlySet<string>;
  /** Those among them that its nodes make. */
  readonly made: ReadonlySet<string>;
}

/** Reads a GraphProto as a branch, but for its nodes. */
export function readBranch(bytes: Uint8Array): Branch {
  const outputs: string[] = [];
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  let inputs = 0;
  let sparse = false;
  const message = new MessageReader(bytes);
  message.fields((field) => {
    if (field === GraphField.node) nodes.push(message.raw());
    else if (field === GraphField.initializer) initializers.push(message.raw());
    else if (field === GraphField.output) outputs.push(readValueInfo(message.message()).name);
    else if (field === GraphField.input) inputs++;
    else if (field === GraphField.sparseInitializer) sparse = true;
  });
  const inside = definitions(new MessageReader(bytes));
  const made = new Set(inside.nodes.flatMap((node) => node.outputs));
  return { inputs, outputs, nodes, initializers, sparse, defined: inside.values, made };
}
