import { decodeTensor } from '../bytes/tensor.js';
import { OnnxGradError } from '../errors.js';
import { suggestion } from './nearest.js';
import type { Constant, Fact, Initializer, Node, ValueInfo } from './types.js';

/** What the reader collects for a `Graph`. */
export interface GraphParts {
  bytes: Uint8Array;
  externalData: ReadonlyMap<string, Uint8Array>;
  irVersion: number;
  opsets: Map<string, number>;
  metadata: Map<string, string>;
  functions: Map<string, Uint8Array>;
  nodes: Node[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  valueInfo: ValueInfo[];
  initializers: Initializer[];
  graphFields: GraphFieldRange[];
}

/** Where a `graph` field lies in the model's bytes: tag, then message. */
export interface GraphFieldRange {
  readonly fieldStart: number;
  readonly start: number;
  readonly end: number;
}

/** A readonly view of an ONNX model's graph. Made by `readModel`. */
export class Graph {
  readonly bytes: Uint8Array;
  /** Files of weights that were given with the bytes, by the location that the model names. */
  readonly externalData: ReadonlyMap<string, Uint8Array>;
  readonly irVersion: number;
  /** Operator set version by domain; '' is the standard one. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The model's metadata_props. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The model-local functions, still encoded, by `functionKey`. */
  readonly functions: ReadonlyMap<string, Uint8Array>;
  /** In topological order, as ONNX requires it. */
  readonly nodes: readonly Node[];
  /** Inputs that a caller feeds: initializers that old models list as inputs too are left out. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, Initializer>;
  /** Initializers that the file lists as inputs too: old models list all of them so. */
  readonly overridable: ReadonlySet<string>;
  readonly graphFields: readonly GraphFieldRange[];
  readonly #declared: ReadonlyMap<string, ValueInfo>;
  readonly #producers = new Map<string, Node>();
  /** What values are that Identity nodes make: the value at the beginning of the chain. */
  readonly #origins = new Map<string, string>();
  #consumers: ReadonlyMap<string, readonly Node[]> | undefined;

  constructor(parts: GraphParts) {
    this.bytes = parts.bytes;
    this.externalData = parts.externalData;
    this.irVersion = parts.irVersion;
    this.opsets = parts.opsets;
    this.metadata = parts.metadata;
    this.functions = parts.functions;
    this.nodes = parts.nodes;
    this.initializers = new Map(parts.initializers.map((initializer) => [initializer.name, initializer]));
    this.inputs = parts.inputs.filter(({ name }) => !this.initializers.has(name));
    this.overridable = new Set(parts.inputs.map(({ name }) => name).filter((name) => this.initializers.has(name)));
    this.outputs = parts.outputs;
    this.graphFields = parts.graphFields;
    this.#declared = new Map([...parts.valueInfo, ...parts.outputs, ...parts.inputs].map((info) => [info.name, info]));
    this.#indexProducers();
    for (const initializer of parts.initializers) if (initializer.external !== undefined) this.outside(initializer);
  }

  /** Version of the standard operator set. */
  get opset(): number {
    return this.opsets.get('') ?? 1;
  }

  /** The node that makes a value; undefined for inputs and initializers. */
  producer(value: string): Node | undefined {
    return this.#producers.get(value);
  }

  /** The nodes that use a value, subgraphs included, in order. */
  consumers(value: string): readonly Node[] {
    this.#consumers ??= this.#indexConsumers();
    return this.#consumers.get(value) ?? [];
  }

  /** Whether the graph has a value of this name. */
  has(value: string): boolean {
    return this.#producers.has(value) || this.initializers.has(value) || this.inputs.some(({ name }) => name === value);
  }

  /** @throws OnnxGradError `unknown-value`, with the nearest names, where the graph has no such value */
  require(value: string): void {
    if (this.has(value)) return;
    const names = [...this.inputs.map(({ name }) => name), ...this.#producers.keys()];
    throw new OnnxGradError('unknown-value', `the model has no value named '${value}'${suggestion(value, names)}`);
  }

  /** What the file itself says of a value: its declaration, or its initializer. */
  declared(value: string): Fact | undefined {
    return this.initializers.get(value) ?? this.#declared.get(value);
  }

  /** The numbers of a small constant: an initializer or a Constant node, seen through Identity. Undefined for anything else. */
  constant(value: string): Constant | undefined {
    const origin = this.#origins.get(value) ?? value;
    const initializer = this.initializers.get(origin);
    if (initializer !== undefined) {
      const outside = this.outside(initializer);
      if (initializer.external !== undefined && outside === undefined) return undefined;
      return decodeTensor(this.bytes.subarray(...initializer.message), outside);
    }
    const node = this.#producers.get(origin);
    return node?.domain === '' && node.opType === 'Constant' ? constantOf(node) : undefined;
  }

  /**
   * The bytes of a tensor that lies in a file of its own; undefined where the file was not given.
   *
   * @throws OnnxGradError `invalid-model` where the file is too short for it
   */
  outside({ name, external }: Initializer): Uint8Array | undefined {
    const content = external && this.externalData.get(external.location);
    if (external === undefined || content === undefined) return undefined;
    const { location, offset, length } = external;
    const end = length === undefined ? content.length : offset + length;
    if (offset <= end && end <= content.length) return content.subarray(offset, end);
    throw new OnnxGradError(
      'invalid-model',
      `expected initializer '${name}' at bytes ${offset} to ${end} of '${location}', but that file has ${content.length}; is it complete, and does it belong to this model?`,
    );
  }

  /** Who makes each value; and that each is made once, before anybody uses it. */
  #indexProducers(): void {
    const early = new Map<string, Node>();
    for (const node of this.nodes) {
      for (const value of valuesRead(node)) if (!this.#producers.has(value)) early.set(value, node);
      for (const value of node.outputs) {
        if (value === '') continue;
        const user = early.get(value);
        if (user !== undefined)
          throw new OnnxGradError(
            'invalid-model',
            `expected nodes in topological order, but ${describe(user)} uses '${value}' before it is made; save the model again with a current exporter`,
          );
        // Twice the same name could make a circle out of nodes in order.
        if (this.#producers.has(value))
          throw new OnnxGradError(
            'invalid-model',
            `expected each value to be made once, but ${describe(node)} makes '${value}' again; save the model again with a current exporter`,
          );
        this.#producers.set(value, node);
        if (node.opType === 'Identity' && node.domain === '') {
          const [source = ''] = node.inputs;
          this.#origins.set(value, this.#origins.get(source) ?? source);
        }
      }
    }
  }

  #indexConsumers(): Map<string, Node[]> {
    const consumers = new Map<string, Node[]>();
    for (const node of this.nodes) {
      for (const value of new Set(valuesRead(node))) {
        const known = consumers.get(value);
        if (known === undefined) consumers.set(value, [node]);
        else known.push(node);
      }
    }
    return consumers;
  }
}

/** Every value a node reads, those of its subgraphs included. */
export function valuesRead(node: Node): string[] {
  const names = node.inputs.filter((name) => name !== '');
  for (const { captures } of node.attributes.values()) if (captures !== undefined) names.push(...captures);
  return names;
}

/** The numbers of a Constant node; undefined for large ones, text and sparse ones. */
export function constantOf(node: Node): Constant | undefined {
  for (const { tensor, name, i, f, ints, floats } of node.attributes.values()) {
    if (name === 'value' && tensor !== undefined) return decodeTensor(tensor);
    if (name === 'value_int') return { type: 'int64', dims: [], data: [i ?? 0] };
    if (name === 'value_float') return { type: 'float32', dims: [], data: [f ?? 0] };
    if (name === 'value_ints') return { type: 'int64', dims: [ints?.length ?? 0], data: ints ?? [] };
    if (name === 'value_floats') return { type: 'float32', dims: [floats?.length ?? 0], data: floats ?? [] };
  }
  return undefined;
}

/** Under what a model-local function is known, and called. */
export function functionKey(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain, name, overload]);
}

/** The model-local function that a node calls, still encoded; undefined for ordinary operators. */
export function functionOf(graph: Graph, { domain, opType, overload = '' }: Node): Uint8Array | undefined {
  return graph.functions.size === 0 ? undefined : graph.functions.get(functionKey(domain, opType, overload));
}

/** An operator's name; with its domain where that is not the standard one. */
export function fullName(domain: string, opType: string): string {
  return domain === '' ? opType : `${domain}.${opType}`;
}

/** How messages name a node. */
export function describe(node: Node): string {
  return `${fullName(node.domain, node.opType)} node '${node.name || node.outputs[0] || `#${node.index}`}'`;
}
