import { concat, field } from '../bytes/append.js';
import { GraphField, ModelField, OpsetField } from '../bytes/fields.js';
import { encodeAddition, encodeNode, type NewNode } from '../bytes/write.js';
import type { Constant, ValueInfo } from '../graph/types.js';
import { number, text } from './bytes.js';

/** A model written from scratch. */
export interface ModelParts {
  readonly opset: number;
  /** Default: the one that was current when the operator set came out. */
  readonly irVersion?: number;
  /** In order; some may be encoded already (see `subgraphs.ts`). */
  readonly nodes: readonly (NewNode | Uint8Array)[];
  readonly inputs: readonly ValueInfo[];
  /** Names alone: whoever opens the model infers their types. */
  readonly outputs: readonly string[];
  readonly initializers?: ReadonlyMap<string, Constant>;
  /** More operator sets, by domain. */
  readonly domains?: Readonly<Record<string, number>>;
  /** Functions of the model itself, encoded. */
  readonly functions?: readonly Uint8Array[];
}

/** The bytes of a model. */
export function model({
  opset,
  irVersion = irVersionOf(opset),
  nodes,
  inputs,
  outputs,
  initializers = new Map(),
  domains = {},
  functions = [],
}: ModelParts): Uint8Array {
  // Before IR version 4 every initializer is an input too.
  const listed = irVersion < 4 ? [...initializers].map(([name, { type, dims }]) => ({ name, type, dims })) : [];
  const graph = encodeAddition({
    nodes: [],
    initializers,
    inputs: [...inputs, ...listed],
    outputs: outputs.map((name) => ({ name, type: undefined, dims: undefined })),
  });
  return concat([
    number(ModelField.irVersion, irVersion),
    field(ModelField.opsetImport, opsetImport('', opset)),
    ...Object.entries(domains).map(([domain, version]) => field(ModelField.opsetImport, opsetImport(domain, version))),
    field(ModelField.graph, concat([encodeNodes(GraphField.node, nodes), text(GraphField.name, 'test'), graph])),
    ...functions.map((local) => field(ModelField.functions, local)),
  ]);
}

/** The newest IR version that came out before the operator set of the same release, for the sets that tests use. */
export function irVersionOf(opset: number): number {
  const releases: readonly (readonly [opset: number, irVersion: number])[] = [
    [24, 12],
    [23, 11],
    [21, 10],
    [19, 9],
    [15, 8],
    [12, 7],
    [11, 6],
    [10, 5],
    [9, 4],
  ];
  return releases.find(([from]) => opset >= from)?.[1] ?? 3;
}

/** Nodes as fields of the message around them. */
export function encodeNodes(fieldNumber: number, nodes: readonly (NewNode | Uint8Array)[]): Uint8Array {
  return concat(nodes.map((node) => field(fieldNumber, node instanceof Uint8Array ? node : encodeNode(node))));
}

export function opsetImport(domain: string, version: number): Uint8Array {
  return concat([text(OpsetField.domain, domain), number(OpsetField.version, version)]);
}
