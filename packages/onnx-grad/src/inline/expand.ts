import { readNode } from '../bytes/node.js';
import { invalidModel, MessageReader } from '../bytes/reader.js';
import { encodeNode } from '../bytes/write.js';
import { OnnxGradError } from '../errors.js';
import type { Facts } from '../graph/facts.js';
import { describe, functionOf, type Graph } from '../graph/graph.js';
import { Inference } from '../graph/infer.js';
import type { Node } from '../graph/types.js';
import { MAX_INLINE_DEPTH, MAX_INLINED_BYTES, MAX_INLINED_NODES } from '../limits.js';
import { readBranch } from './branch.js';
import { attributesOf, type LocalFunction, readFunction } from './function.js';
import { Names, Scope } from './names.js';
import { branchObstacle, callObstacle } from './obstacle.js';
import { renameTensor, rewriteNode } from './rewrite.js';

/** A node, still encoded, and the bodies that it came out of. */
interface Item {
  readonly bytes: Uint8Array;
  readonly within: Body | undefined;
}

interface Body {
  /** The function whose body it is; undefined for a branch. */
  readonly local: Uint8Array | undefined;
  readonly around: Body | undefined;
  readonly depth: number;
}

/** Puts bodies in the place of the nodes that stand for them, one node of the graph after the other. */
export class Expander {
  /** Tensors that branches store, to be stored in the graph. */
  readonly initializers: Uint8Array[] = [];
  /** Operator sets that bodies use and the model does not import. */
  readonly imports = new Map<string, number>();
  /** Whether a node that stays may call a function: itself, or within a subgraph. */
  keepsCalls = false;
  /** What conditions ask for: sizes and flags, found as the nodes pass by. */
  readonly #inference: Inference;
  readonly #functions = new Map<Uint8Array, LocalFunction>();
  #names: Names | undefined;
  #nodes = 0;
  #bytes = 0;

  constructor(
    private readonly graph: Graph,
    facts: Facts,
  ) {
    this.#inference = new Inference(graph, (value) => facts.told(value));
  }

  /** Whether anything was put in place. */
  get changed(): boolean {
    return this.#nodes > 0;
  }

  /** The nodes that take the place of the next node of the graph, still encoded; undefined where it stays. */
  replacement(node: Node, bytes: Uint8Array): Uint8Array[] | undefined {
    const open = this.#opened(node, { bytes, within: undefined });
    if (open === undefined) return undefined;
    const nodes: Uint8Array[] = [];
    for (let item = open.pop(); item !== undefined; item = open.pop()) {
      const inner = this.#opened(readNode(new MessageReader(item.bytes), 0, 0), item);
      if (inner === undefined) nodes.push(item.bytes);
      else open.push(...inner);
    }
    return nodes;
  }

  /** The nodes of the body that a node stands for, last first. */
  #opened(node: Node, { bytes, within }: Item): Item[] | undefined {
    const local = functionOf(this.graph, node);
    const nodes = local === undefined ? this.#branch(node) : this.#call(node, bytes, local);
    if (nodes === undefined) {
      this.#inference.pass(node);
      this.keepsCalls ||= local !== undefined || [...node.attributes.values()].some(({ graph }) => graph !== undefined);
      return undefined;
    }
    const body: Body = { local, around: within, depth: (within?.depth ?? 0) + 1 };
    this.#check(node, nodes, body);
    return nodes.map((inner) => ({ bytes: inner, within: body })).reverse();
  }

  #call(node: Node, bytes: Uint8Array, encoded: Uint8Array): Uint8Array[] | undefined {
    const local = this.#functions.get(encoded) ?? readFunction(encoded);
    this.#functions.set(encoded, local);
    if (callObstacle(this.graph, node, local) !== undefined) return undefined;
    const scope = new Scope(this.#fresh(node), (name) => {
      throw invalidModel(`${describe(node)} calls a function that uses '${name}' and does not define it`);
    });
    local.inputs.forEach((name, index) => {
      scope.bind(name, node.inputs[index] ?? '');
    });
    const copies = this.#bindOutputs(node, local.outputs, scope, local.defined);
    scope.define(local.defined);
    const given = attributesOf(bytes);
    for (const [domain, version] of local.opsets) if (!this.graph.opsets.has(domain)) this.imports.set(domain, version);
    return [...local.nodes.map((inner) => rewriteNode(inner, scope, (name) => given.get(name) ?? local.defaults.get(name))), ...copies()];
  }

  #branch(node: Node): Uint8Array[] | undefined {
    if (node.opType !== 'If' || node.domain !== '') return undefined;
    const [condition, ...others] = this.#inference.numbers(node.inputs[0] ?? '')?.data ?? [];
    if (typeof condition !== 'number' || others.length > 0) return undefined;
    const taken = node.attributes.get(condition === 0 ? 'else_branch' : 'then_branch')?.graph;
    if (taken === undefined) return undefined;
    const branch = readBranch(taken);
    if (branchObstacle(this.graph, node, branch) !== undefined) return undefined;
    const scope = new Scope(this.#fresh(node), (name) => name);
    const copies = this.#bindOutputs(node, branch.outputs, scope, branch.made);
    scope.define(branch.defined);
    for (const tensor of branch.initializers) {
      this.#bytes += tensor.length;
      this.initializers.push(renameTensor(tensor, scope));
    }
    return [...branch.nodes.map((inner) => rewriteNode(inner, scope, () => undefined)), ...copies()];
  }

  /**
   * Lets the nodes that make a body's outputs make those of the node that stands for it.
   *
   * @returns what copies the outputs that no node of the body makes, or that are two at once
   */
  #bindOutputs(node: Node, outputs: readonly string[], scope: Scope, made: ReadonlySet<string>): () => Uint8Array[] {
    const copied: [from: string, to: string][] = [];
    node.outputs.forEach((actual, index) => {
      const name = outputs[index] ?? '';
      if (actual === '') return;
      if (made.has(name) && !scope.has(name)) scope.bind(name, actual);
      else copied.push([name, actual]);
    });
    return () => copied.map(([from, to]) => encodeNode({ opType: 'Identity', inputs: [scope.of(from)], outputs: [to] }));
  }

  #fresh(node: Node): (name: string) => string {
    this.#names ??= new Names(this.graph);
    const names = this.#names;
    const prefix = node.name || node.outputs.find((name) => name !== '') || node.opType;
    return (name) => names.free(`${prefix}/${name}`);
  }

  /** Functions of functions can be small and stand for billions of nodes. */
  #check(node: Node, nodes: readonly Uint8Array[], { local, around, depth }: Body): void {
    for (let outer = around; outer !== undefined && local !== undefined; outer = outer.around)
      if (outer.local === local) throw invalidModel(`${describe(node)} is a function that calls itself`);
    this.#nodes += nodes.length + 1;
    for (const { length } of nodes) this.#bytes += length;
    const refuse = (what: string) =>
      new OnnxGradError(
        'limit',
        `the functions and branches of the model, put in place of their calls, make more than ${what}; export it without functions`,
      );
    if (depth > MAX_INLINE_DEPTH) throw refuse(`${MAX_INLINE_DEPTH} levels`);
    if (this.#nodes > MAX_INLINED_NODES) throw refuse(`${MAX_INLINED_NODES} nodes`);
    if (this.#bytes > MAX_INLINED_BYTES + this.graph.bytes.length) throw refuse(`${MAX_INLINED_BYTES} bytes beyond the file itself`);
  }
}
