import { OnnxGradError } from '../errors.js';
import { Graph, type GraphParts } from '../graph/graph.js';
import {
  type Attribute,
  type Dimension,
  type ExternalData,
  elementType,
  type Initializer,
  type Node,
  type ValueInfo,
} from '../graph/types.js';
import { MAX_MODEL_BYTES, MAX_NODES, MAX_RANK, MAX_SUBGRAPH_DEPTH } from '../limits.js';
import {
  AttributeField,
  AttributeKind,
  DimensionField,
  EntryField,
  GraphField,
  ModelField,
  NodeField,
  OpsetField,
  ShapeField,
  TensorField,
  TensorTypeField,
  TypeField,
  ValueInfoField,
} from './fields.js';
import { invalidModel, MessageReader } from './reader.js';

/**
 * Reads the structure of an ONNX model: nodes, names, shapes, where each weight lies. Weights are neither decoded nor
 * copied, so a model of 500 MB is read as fast as one of 5 MB. The graph keeps referring to `bytes`.
 *
 * Repeated `graph` fields, as an append leaves them, are merged as protocol buffers define it.
 *
 * @throws OnnxGradError `invalid-model` for bytes that are no ONNX model or are cut off; `limit` beyond the limits of `limits.ts`
 */
export function readModel(bytes: Uint8Array): Graph {
  if (bytes.length === 0) throw invalidModel('it has zero bytes');
  if (bytes.length > MAX_MODEL_BYTES)
    throw new OnnxGradError(
      'limit',
      `a model of ${bytes.length} bytes is over the ${MAX_MODEL_BYTES} that the ONNX format can hold; save its weights as external data`,
    );
  const parts: GraphParts = {
    bytes,
    irVersion: 0,
    opsets: new Map(),
    metadata: new Map(),
    functions: new Set(),
    nodes: [],
    inputs: [],
    outputs: [],
    valueInfo: [],
    initializers: [],
    graphFields: [],
  };
  const model = new MessageReader(bytes);
  model.fields((field) => {
    if (field === ModelField.irVersion) parts.irVersion = model.int();
    else if (field === ModelField.opsetImport) readOpset(model.message(), parts.opsets);
    else if (field === ModelField.metadata) readEntry(model.message(), parts.metadata);
    else if (field === ModelField.functions) readFunctionName(model.message(), parts.functions);
    else if (field === ModelField.graph) {
      const fieldStart = model.fieldStart;
      const [start, end] = model.range();
      parts.graphFields.push({ fieldStart, start, end });
      readGraph(new MessageReader(bytes, start, end), parts);
    }
  });
  if (parts.graphFields.length === 0) throw invalidModel('it holds no graph');
  if (parts.opsets.size === 0) throw invalidModel('it imports no operator set');
  return new Graph(parts);
}

function readOpset(message: MessageReader, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  message.fields((field) => {
    if (field === OpsetField.domain) domain = message.string();
    else if (field === OpsetField.version) version = message.int();
  });
  opsets.set(standardDomain(domain), version);
}

/** `ai.onnx` is another spelling of the empty domain. */
function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function readEntry(message: MessageReader, into: Map<string, string>): void {
  let key = '';
  let value = '';
  message.fields((field) => {
    if (field === EntryField.key) key = message.string();
    else if (field === EntryField.value) value = message.string();
  });
  into.set(key, value);
}

const FunctionField = { name: 1, domain: 10 } as const;

function readFunctionName(message: MessageReader, into: Set<string>): void {
  let name = '';
  let domain = '';
  message.fields((field) => {
    if (field === FunctionField.name) name = message.string();
    else if (field === FunctionField.domain) domain = message.string();
  });
  into.add(`${standardDomain(domain)}:${name}`);
}

function readGraph(message: MessageReader, parts: GraphParts): void {
  message.fields((field) => {
    if (field === GraphField.node) {
      if (parts.nodes.length >= MAX_NODES) throw new OnnxGradError('limit', `a graph of more than ${MAX_NODES} nodes is refused`);
      parts.nodes.push(readNode(message.message(), parts.nodes.length, 0));
    } else if (field === GraphField.initializer) {
      const fieldStart = message.fieldStart;
      parts.initializers.push(readInitializer(message.message(), fieldStart));
    } else if (field === GraphField.input) parts.inputs.push(readValueInfo(message.message()));
    else if (field === GraphField.output) parts.outputs.push(readValueInfo(message.message()));
    else if (field === GraphField.valueInfo) parts.valueInfo.push(readValueInfo(message.message()));
  });
}

function readNode(message: MessageReader, index: number, depth: number): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let name = '';
  let opType = '';
  let domain = '';
  message.fields((field) => {
    if (field === NodeField.input) inputs.push(message.string());
    else if (field === NodeField.output) outputs.push(message.string());
    else if (field === NodeField.name) name = message.string();
    else if (field === NodeField.opType) opType = message.string();
    else if (field === NodeField.domain) domain = standardDomain(message.string());
    else if (field === NodeField.attribute) {
      const attribute = readAttribute(message.message(), depth);
      attributes.set(attribute.name, attribute);
    }
  });
  return { index, name, opType, domain, inputs, outputs, attributes };
}

function readAttribute(message: MessageReader, depth: number): Attribute {
  let name = '';
  const value: { f?: number; i?: number; s?: string; tensor?: Uint8Array } = {};
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
    else if (field === AttributeField.g || field === AttributeField.graphs)
      for (const outer of readCaptures(message.message(), depth + 1)) captures.add(outer);
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

const EXTERNAL = 1;

function readInitializer(message: MessageReader, fieldStart: number): Initializer {
  const dims: number[] = [];
  const entries = new Map<string, string>();
  let name = '';
  let type = 0;
  let location = 0;
  message.fields((field) => {
    if (field === TensorField.name) name = message.string();
    else if (field === TensorField.dims) message.ints(dims);
    else if (field === TensorField.dataType) type = message.int();
    else if (field === TensorField.dataLocation) location = message.int();
    else if (field === TensorField.externalData) readEntry(message.message(), entries);
  });
  if (dims.length > MAX_RANK)
    throw new OnnxGradError('limit', `initializer '${name}' has ${dims.length} dimensions, more than ${MAX_RANK}`);
  const external = location === EXTERNAL ? externalData(entries) : undefined;
  const { start, end } = message;
  return { name, type: elementType(type), dims, field: [fieldStart, end], message: [start, end], external };
}

function externalData(entries: ReadonlyMap<string, string>): ExternalData {
  const length = entries.get('length');
  return {
    location: entries.get('location') ?? '',
    offset: Number(entries.get('offset') ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

function readValueInfo(message: MessageReader): ValueInfo {
  let name = '';
  let type = 0;
  let dims: Dimension[] | undefined;
  message.fields((field) => {
    if (field === ValueInfoField.name) name = message.string();
    else if (field === ValueInfoField.type) {
      const variant = message.message();
      variant.fields((kind) => {
        if (kind !== TypeField.tensor) return;
        const tensor = variant.message();
        tensor.fields((part) => {
          if (part === TensorTypeField.elementType) type = tensor.int();
          else if (part === TensorTypeField.shape) dims = readShape(tensor.message());
        });
      });
    }
  });
  return { name, type: elementType(type), dims };
}

function readShape(message: MessageReader): Dimension[] {
  const dims: Dimension[] = [];
  message.fields((field) => {
    if (field !== ShapeField.dimension) return;
    const dimension = message.message();
    let size: Dimension = '';
    dimension.fields((part) => {
      if (part === DimensionField.value) size = dimension.int();
      else if (part === DimensionField.parameter) size = dimension.string();
    });
    dims.push(size);
  });
  return dims;
}
