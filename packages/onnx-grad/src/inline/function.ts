import { AttributeField, FunctionField, NodeField } from '../bytes/fields.js';
import { readNode } from '../bytes/node.js';
import { readOpset } from '../bytes/read.js';
import { MessageReader } from '../bytes/reader.js';

/** A function of the model itself. */
export interface LocalFunction {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Its body's nodes, in order, still encoded. */
  readonly nodes: readonly Uint8Array[];
  /** The names that these make. */
  readonly defined: ReadonlySet<string>;
  /** Attributes that a call may leave out, still encoded, by name. */
  readonly defaults: ReadonlyMap<string, Uint8Array>;
  /** Versions of the operator sets that its body is written in, by domain. */
  readonly opsets: ReadonlyMap<string, number>;
}

/** Reads a FunctionProto, but for its nodes. */
export function readFunction(bytes: Uint8Array): LocalFunction {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: Uint8Array[] = [];
  const defined = new Set<string>();
  const defaults = new Map<string, Uint8Array>();
  const opsets = new Map<string, number>();
  const message = new MessageReader(bytes);
  message.fields((field) => {
    if (field === FunctionField.input) inputs.push(message.string());
    else if (field === FunctionField.output) outputs.push(message.string());
    else if (field === FunctionField.node) {
      const node = message.raw();
      nodes.push(node);
      for (const output of readNode(new MessageReader(node), 0, 0).outputs) defined.add(output);
    } else if (field === FunctionField.opsetImport) readOpset(message.message(), opsets);
    else if (field === FunctionField.attributeProto) {
      const attribute = message.raw();
      defaults.set(attributeName(attribute), attribute);
    }
  });
  return { inputs, outputs, nodes, defined, defaults, opsets };
}

/** The attributes of a node, still encoded, by name. */
export function attributesOf(node: Uint8Array): Map<string, Uint8Array> {
  const attributes = new Map<string, Uint8Array>();
  const message = new MessageReader(node);
  message.fields((field) => {
    if (field !== NodeField.attribute) return;
    const attribute = message.raw();
    attributes.set(attributeName(attribute), attribute);
  });
  return attributes;
}

function attributeName(attribute: Uint8Array): string {
  let name = '';
  const message = new MessageReader(attribute);
  message.fields((field) => {
    if (field === AttributeField.name) name = message.string();
  });
  return name;
}
