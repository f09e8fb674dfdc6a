import { PbfWriter } from 'pbf';
import { type Constant, DataType, type Dimension, type ElementType, type ValueInfo } from '../graph/types.js';
import {
  AttributeField,
  AttributeKind,
  DimensionField,
  GraphField,
  NodeField,
  OpsetField,
  ShapeField,
  TensorTypeField,
  TypeField,
  ValueInfoField,
} from './fields.js';
import { encodeTensor, writeInt, writeText } from './tensor.js';

/** An attribute of a new node. Integers are attributes of type INT unless they come as a list; a real number says that it is one. */
export type NewAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: Constant };

/** A node to be written. */
export interface NewNode {
  readonly opType: string;
  readonly domain?: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, NewAttribute | undefined>>;
}

/** Everything that one edit adds to a graph. */
export interface Addition {
  readonly nodes: readonly NewNode[];
  readonly initializers: ReadonlyMap<string, Constant>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** The fields of a GraphProto message that holds only the addition. */
export function encodeAddition({ nodes, initializers, inputs, outputs }: Addition): Uint8Array {
  const pbf = new PbfWriter();
  for (const node of nodes) pbf.writeMessage(GraphField.node, writeNode, node);
  for (const [name, tensor] of initializers) {
    pbf.writeTag(GraphField.initializer, 2);
    pbf.writeBytes(encodeTensor(tensor, name));
  }
  for (const input of inputs) pbf.writeMessage(GraphField.input, writeValueInfo, input);
  for (const output of outputs) pbf.writeMessage(GraphField.output, writeValueInfo, output);
  return pbf.finish();
}

/** One NodeProto message. */
export function encodeNode(node: NewNode): Uint8Array {
  const pbf = new PbfWriter();
  writeNode(node, pbf);
  return pbf.finish();
}

/** One OperatorSetIdProto message. */
export function encodeOpset(domain: string, version: number): Uint8Array {
  const pbf = new PbfWriter();
  writeText(pbf, OpsetField.domain, domain);
  pbf.writeTag(OpsetField.version, 0);
  pbf.writeVarint(version);
  return pbf.finish();
}

function writeNode(node: NewNode, pbf: PbfWriter): void {
  for (const input of node.inputs) writeText(pbf, NodeField.input, input);
  for (const output of node.outputs) writeText(pbf, NodeField.output, output);
  if (node.name !== undefined) writeText(pbf, NodeField.name, node.name);
  writeText(pbf, NodeField.opType, node.opType);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    if (value !== undefined) pbf.writeMessage(NodeField.attribute, writeAttribute, { name, value });
  }
  if (node.domain !== undefined && node.domain !== '') writeText(pbf, NodeField.domain, node.domain);
}

function writeAttribute({ name, value }: { name: string; value: NewAttribute }, pbf: PbfWriter): void {
  writeText(pbf, AttributeField.name, name);
  const kind = (code: number) => {
    pbf.writeTag(AttributeField.type, 0);
    pbf.writeVarint(code);
  };
  if (typeof value === 'number') {
    writeInt(pbf, AttributeField.i, value);
    kind(AttributeKind.int);
  } else if (typeof value === 'string') {
    writeText(pbf, AttributeField.s, value);
    kind(AttributeKind.string);
  } else if ('float' in value) {
    writeFloat(pbf, AttributeField.f, value.float);
    kind(AttributeKind.float);
  } else if ('floats' in value) {
    for (const one of value.floats) writeFloat(pbf, AttributeField.floats, one);
    kind(AttributeKind.floats);
  } else if ('tensor' in value) {
    pbf.writeTag(AttributeField.t, 2);
    pbf.writeBytes(encodeTensor(value.tensor));
    kind(AttributeKind.tensor);
  } else {
    for (const one of value) writeInt(pbf, AttributeField.ints, one);
    kind(AttributeKind.ints);
  }
}

function writeFloat(pbf: PbfWriter, field: number, value: number): void {
  pbf.writeTag(field, 5);
  pbf.writeFloat(value);
}

/** An output may leave its type out (the runtime infers it); an input needs one. */
function writeValueInfo({ name, type, dims }: ValueInfo, pbf: PbfWriter): void {
  writeText(pbf, ValueInfoField.name, name);
  if (type !== undefined) pbf.writeMessage(ValueInfoField.type, writeType, { type, dims });
}

interface TensorType {
  readonly type: ElementType;
  readonly dims: readonly Dimension[] | undefined;
}

function writeType(tensor: TensorType, pbf: PbfWriter): void {
  pbf.writeMessage(TypeField.tensor, writeTensorType, tensor);
}

function writeTensorType({ type, dims }: TensorType, pbf: PbfWriter): void {
  pbf.writeTag(TensorTypeField.elementType, 0);
  pbf.writeVarint(DataType[type]);
  if (dims !== undefined) pbf.writeMessage(TensorTypeField.shape, writeShape, dims);
}

function writeShape(dims: readonly Dimension[], pbf: PbfWriter): void {
  for (const dim of dims) pbf.writeMessage(ShapeField.dimension, writeDimension, dim);
}

function writeDimension(dim: Dimension, pbf: PbfWriter): void {
  if (typeof dim === 'number') {
    writeInt(pbf, DimensionField.value, dim);
  } else if (dim !== '') writeText(pbf, DimensionField.parameter, dim);
}
