import { concat, field } from '../bytes/append.js';
import { AttributeField, GraphField, ModelField, NodeField, SparseField, TensorField, ValueInfoField } from '../bytes/fields.js';
import { MessageReader } from '../bytes/reader.js';
import { textField } from '../bytes/tensor.js';
import { definitions } from './definitions.js';
import type { Scope } from './names.js';

/** What takes the place of a field, tag included: nothing (undefined) where it stays. */
type Edit = (message: MessageReader, field: number) => Uint8Array | undefined;

/** The message with the edits made. What no edit is about is copied as it stands, unknown fields too. */
function rewritten(bytes: Uint8Array, edits: Readonly<Record<number, Edit>>): Uint8Array {
  const parts: Uint8Array[] = [];
  const message = new MessageReader(bytes);
  let from = 0;
  message.fields((number) => {
    const { fieldStart } = message;
    const changed = edits[number]?.(message, number);
    if (changed === undefined) return;
    parts.push(bytes.subarray(from, fieldStart), changed);
    from = message.position;
  });
  return concat([...parts, bytes.subarray(from)]);
}

/** The edit of a string. */
const renamed =
  (name: (before: string) => string): Edit =>
  (message, number) => {
    const before = message.string();
    const after = name(before);
    return after === before ? undefined : textField(number, after);
  };

/** The edit of an embedded message. */
const within =
  (edit: (content: Uint8Array) => Uint8Array): Edit =>
  (message, number) =>
    field(number, edit(message.raw()));

const NOTHING = new Uint8Array();

/** The attribute that a call gives for a name of its function: still encoded; undefined where there is neither one nor a default. */
export type Arguments = (name: string) => Uint8Array | undefined;

/** A node with the names of another scope, and the attributes of a call in place of those that refer to them. */
export function rewriteNode(node: Uint8Array, scope: Scope, given: Arguments): Uint8Array {
  const value = renamed((name) => scope.of(name));
  return rewritten(node, {
    [NodeField.input]: value,
    [NodeField.output]: value,
    [NodeField.name]: renamed((name) => (name === '' ? '' : scope.fresh(name))),
    [NodeField.attribute]: (message, number) => {
      const attribute = rewriteAttribute(message.raw(), scope, given);
      return attribute === undefined ? NOTHING : field(number, attribute);
    },
  });
}

function rewriteAttribute(attribute: Uint8Array, scope: Scope, given: Arguments): Uint8Array | undefined {
  let name = '';
  let refersTo = '';
  const message = new MessageReader(attribute);
  message.fields((number) => {
    if (number === AttributeField.name) name = message.string();
    else if (number === AttributeField.refName) refersTo = message.string();
  });
  if (refersTo !== '') {
    const value = given(refersTo);
    // The last name that a message says wins.
    return value && concat([value, textField(AttributeField.name, name)]);
  }
  const subgraph = within((graph) => rewriteGraph(graph, scope, given));
  return rewritten(attribute, { [AttributeField.g]: subgraph, [AttributeField.graphs]: subgraph });
}

function rewriteGraph(graph: Uint8Array, around: Scope, given: Arguments): Uint8Array {
  const scope = around.inside(definitions(new MessageReader(graph)).values);
  const value = renamed((name) => scope.of(name));
  const tensor = within((content) => renameTensor(content, scope));
  const info = within((content) => rewritten(content, { [ValueInfoField.name]: value }));
  return rewritten(graph, {
    [GraphField.node]: within((node) => rewriteNode(node, scope, given)),
    [GraphField.initializer]: tensor,
    [GraphField.sparseInitializer]: within((sparse) => rewritten(sparse, { [SparseField.values]: tensor })),
    [GraphField.input]: info,
    [GraphField.output]: info,
    [GraphField.valueInfo]: info,
  });
}

/** A stored tensor under the name of another scope; its numbers are copied as they stand. */
export function renameTensor(tensor: Uint8Array, scope: Scope): Uint8Array {
  return rewritten(tensor, { [TensorField.name]: renamed((name) => scope.of(name)) });
}

/** The model without its functions, which nobody calls any more. */
export function withoutFunctions(model: Uint8Array): Uint8Array {
  return rewritten(model, {
    [ModelField.functions]: (message) => {
      message.raw();
      return NOTHING;
    },
  });
}
