import { concat, field } from '../bytes/append.js';
import { AttributeField, AttributeKind, FunctionField, GraphField, NodeField } from '../bytes/fields.js';
import { encodeAddition, encodeNode, type NewAttribute, type NewNode } from '../bytes/write.js';
import type { Constant } from '../graph/types.js';
import { attributesOf } from '../inline/function.js';
import { number, text } from './bytes.js';
import { encodeNodes, opsetImport } from './model.js';

type Nodes = readonly (NewNode | Uint8Array)[];

/** A subgraph: it takes what it does not define from around it. */
export interface Subgraph {
  readonly nodes: Nodes;
  readonly outputs: readonly string[];
  readonly initializers?: ReadonlyMap<string, Constant>;
}

/** What a node has beside that which the product itself writes. */
export interface Extras {
  readonly subgraphs?: Readonly<Record<string, Subgraph>>;
  /** Attributes that are those of the function around the node: own name → name of the function's attribute. */
  readonly refersTo?: Readonly<Record<string, string>>;
  readonly overload?: string;
}

/** A node with subgraphs, with references to a function's attributes, or that calls one of several functions of a name. */
export function nodeWith(node: NewNode, { subgraphs = {}, refersTo = {}, overload }: Extras): Uint8Array {
  const attributes = [
    ...Object.entries(subgraphs).map(([name, subgraph]) => [
      text(AttributeField.name, name),
      field(AttributeField.g, encodeSubgraph(subgraph)),
      number(AttributeField.type, AttributeKind.graph),
    ]),
    // The type must be said; every reference of the tests is to a real number.
    ...Object.entries(refersTo).map(([name, of]) => [
      text(AttributeField.name, name),
      text(AttributeField.refName, of),
      number(AttributeField.type, AttributeKind.float),
    ]),
  ];
  return concat([
    encodeNode(node),
    ...attributes.map((parts) => field(NodeField.attribute, concat(parts))),
    ...(overload === undefined ? [] : [text(NodeField.overload, overload)]),
  ]);
}

/** An `If` of one or more outputs. */
export function choose(condition: string, outputs: readonly string[], then: Subgraph, otherwise: Subgraph): Uint8Array {
  return nodeWith(
    { opType: 'If', name: 'choice', inputs: [condition], outputs },
    { subgraphs: { then_branch: then, else_branch: otherwise } },
  );
}

function encodeSubgraph({ nodes, outputs, initializers = new Map() }: Subgraph): Uint8Array {
  const named = outputs.map((name) => ({ name, type: undefined, dims: undefined }));
  return concat([
    encodeNodes(GraphField.node, nodes),
    text(GraphField.name, 'branch'),
    encodeAddition({ nodes: [], initializers, inputs: [], outputs: named }),
  ]);
}

/** A function of the model itself. */
export interface FunctionParts {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: Nodes;
  readonly overload?: string;
  /** Attributes that a call must give. */
  readonly attributes?: readonly string[];
  /** Attributes that a call may leave out. */
  readonly defaults?: Readonly<Record<string, NewAttribute>>;
  /** Operator sets by domain. */
  readonly opsets: Readonly<Record<string, number>>;
}

/** The domain of the functions of tests. */
export const LOCAL = 'com.example';

/** A FunctionProto message. */
export function localFunction({
  name,
  inputs,
  outputs,
  nodes,
  overload,
  attributes = [],
  defaults = {},
  opsets,
}: FunctionParts): Uint8Array {
  const encoded = attributesOf(encodeNode({ opType: '', inputs: [], outputs: [], attributes: defaults }));
  return concat([
    text(FunctionField.name, name),
    text(FunctionField.domain, LOCAL),
    ...inputs.map((input) => text(FunctionField.input, input)),
    ...outputs.map((output) => text(FunctionField.output, output)),
    ...attributes.map((attribute) => text(FunctionField.attribute, attribute)),
    ...[...encoded.values()].map((attribute) => field(FunctionField.attributeProto, attribute)),
    encodeNodes(FunctionField.node, nodes),
    ...Object.entries(opsets).map(([domain, version]) => field(FunctionField.opsetImport, opsetImport(domain, version))),
    ...(overload === undefined ? [] : [text(FunctionField.overload, overload)]),
  ]);
}

/** A call of such a function. */
export function call(
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, NewAttribute>> = {},
): NewNode {
  return { opType: name, domain: LOCAL, name: `call_${outputs[0]}`, inputs, outputs, attributes };
}
