import { OnnxGradError } from '../errors.js';
import { functionKey, Graph, type GraphParts } from '../graph/graph.js';
import { MAX_MODEL_BYTES, MAX_NODES } from '../limits.js';
import { FunctionField, GraphField, ModelField, OpsetField } from './fields.js';
import { readNode, standardDomain } from './node.js';
import { invalidModel, MessageReader } from './reader.js';
import { readEntry, readInitializer, readValueInfo } from './value.js';

export interface ReadOptions {
  /**
   * Files of weights that belong to the model: location as the model names it → content. Without them the weights stay unknown, which matters
   * only where one is a shape, an axis or a bound.
   */
  readonly externalData?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads the structure of an ONNX model: nodes, names, shapes, where each weight lies. Weights are neither decoded nor
 * copied, so a model of 500 MB is read as fast as one of 5 MB. The graph keeps referring to `bytes`.
 *
 * Repeated `graph` fields, as an append leaves them, are merged as protocol buffers define it.
 *
 * @throws OnnxGradError `invalid-model` for bytes that are no ONNX model or are cut off; `limit` beyond the limits of `limits.ts`
 */
export function readModel(bytes: Uint8Array, { externalData = new Map() }: ReadOptions = {}): Graph {
  if (bytes.length === 0) throw invalidModel('it has zero bytes');
  if (bytes.length > MAX_MODEL_BYTES)
    throw new OnnxGradError(
      'limit',
      `a model of ${bytes.length} bytes is over the ${MAX_MODEL_BYTES} that the ONNX format can hold; save its weights as external data`,
    );
  const parts: GraphParts = {
    bytes,
    externalData,
    irVersion: 0,
    opsets: new Map(),
    metadata: new Map(),
    functions: new Map(),
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
    else if (field === ModelField.functions) readFunction(model.message(), parts.functions);
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

/** Reads an operator set: domain → version. */
export function readOpset(message: MessageReader, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  message.fields((field) => {
    if (field === OpsetField.domain) domain = message.string();
    else if (field === OpsetField.version) version = message.int();
  });
  opsets.set(standardDomain(domain), version);
}

function readFunction(message: MessageReader, into: Map<string, Uint8Array>): void {
  let name = '';
  let domain = '';
  let overload = '';
  message.fields((field) => {
    if (field === FunctionField.name) name = message.string();
    else if (field === FunctionField.domain) domain = message.string();
    else if (field === FunctionField.overload) overload = message.string();
  });
  into.set(functionKey(standardDomain(domain), name, overload), message.bytes.subarray(message.start, message.end));
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
