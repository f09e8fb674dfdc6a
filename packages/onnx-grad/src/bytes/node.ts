import { OnnxGradError } from '../errors.js';
import type { Attribute, Node } from '../graph/types.js';
import { MAX_SUBGRAPH_DEPTH } from '../limits.js';
import { AttributeField, AttributeKind, GraphField, NodeField } from './fields.js';
import type { MessageReader } from './reader.js';
import { readInitializer, readValueInfo } from './value.js';

/** `ai.onnx` is another spelling of the empty domain. */
export function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** One node; what its subgraphs take from around them is read, too. @param depth number of subgraphs around it */
export function readNode(message: MessageReader, index: number, depth: number): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let name = '';
  let opType = '';
  let domain = '';
  let overload = '';
  message.fields((field) => {
    if (field === NodeField.input) inputs.push(message.string());
    else if (field === NodeField.output) outputs.push(message.string());
    else if (field === NodeField.name) name = message.string();
    else if (field === NodeField.opType) opType = message.string();
    else if (field === NodeField.domain) domain = standardDomain(message.string());
    else if (field === NodeField.overload) overload = message.string();
    else if (field === NodeField.attribute) {
      const attribute = readAttribute(message.message(), depth);
      attributes.set(attribute.name, attribute);
    }
  });
  return { index, name, opType, domain, overload, inputs, outputs, attributes };
}

function readAttribute(message: MessageReader, depth: number): Attribute {
  let name = '';
  const value: { f?: number; i?: number; s?: string; tensor?: Uint8Array; graph?: Uint8Array } = {};
  const ints: number[] = [];
  const floats: number[] = [];
  const strings: string[] = [];
  const captures = new Set<string>();
  let kind = 0;
  message.fields((field) => {
    if (field === AttributeField.name) name = message.string();
    else if (field === AttributeField.f) value.f = message.float();
    else if (field === AttributeField.i) value.i = message.int();
    else if (field === AttributeField.s) value.s = message.string();
    else if (field === AttributeField.t) value.tensor = message.raw();
    else if (field === AttributeField.ints) message.ints(ints);
    else if (field === AttributeField.floats) message.floats(floats);
    else if (field === AttributeField.strings) strings.push(message.string());
    else if (field === AttributeField.type) kind = message.int();
    else if (field === AttributeField.g || field === AttributeField.graphs) {
      const subgraph = message.message();
      if (field === AttributeField.g) value.graph = message.bytes.subarray(subgraph.start, subgraph.end);
      for (const outer of readCaptures(subgraph, depth + 1)) captures.add(outer);
    }
  });
  // Writers may leave out a zero or an empty string; the type says that it is there.
  if (kind === AttributeKind.float) value.f ??= 0;
  if (kind === AttributeKind.int) value.i ??= 0;
  if (kind === AttributeKind.string) value.s ??= '';
  return { name, ...value, ints, floats, strings, captures: [...captures] };
}

/** The names that a subgraph uses without defining them: they come from the graph around it. */
function readCaptures(message: MessageReader, depth: number): Set<string> {
  if (depth > MAX_SUBGRAPH_DEPTH) throw new OnnxGradError('limit', `subgraphs nested more than ${MAX_SUBGRAPH_DEPTH} deep are refused`);
  const defined = new Set<string>();
  const used = new Set<string>();
  message.fields((field) => {
    if (field === GraphField.node) {
      const node = readNode(message.message(), 0, depth);
      for (const input of node.inputs) used.add(input);
      for (const attribute of node.attributes.values()) for (const outer of attribute.captures ?? []) used.add(outer);
      for (const output of node.outputs) defined.add(output);
    } else if (field === GraphField.initializer) defined.add(readInitializer(message.message(), 0).name);
    else if (field === GraphField.input) defined.add(readValueInfo(message.message()).name);
    else if (field === GraphField.output) used.add(readValueInfo(message.message()).name);
  });
  used.delete('');
  for (const name of defined) used.delete(name);
  return used;
}
