import { MessageReader } from '../bytes/reader.js';
import type { Graph } from '../graph/graph.js';
import type { Node } from '../graph/types.js';
import { definitions } from './definitions.js';

/** The names in use in a graph, those within subgraphs included, so that a new one clashes with none. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(graph: Graph) {
    for (const { name } of [...graph.inputs, ...graph.initializers.values()]) this.#taken.add(name);
    this.#takeAll(graph.nodes);
  }

  /** The name, or the first of `name_1`, `name_2`… that is free. It is taken from then on. */
  free(name: string): string {
    let free = name;
    for (let count = this.#counts.get(name) ?? 1; this.#taken.has(free); count++) {
      free = `${name}_${count}`;
      this.#counts.set(name, count + 1);
    }
    this.#taken.add(free);
    return free;
  }

  #takeAll(nodes: readonly Node[]): void {
    for (const { outputs, attributes } of nodes) {
      for (const output of outputs) this.#taken.add(output);
      for (const { graph } of attributes.values()) {
        if (graph === undefined) continue;
        const inside = definitions(new MessageReader(graph));
        for (const name of inside.values) this.#taken.add(name);
        this.#takeAll(inside.nodes);
      }
    }
  }
}

/** What the names of a function's body, or of a subgraph, stand for once they lie in the graph. */
export class Scope {
  readonly #names = new Map<string, string>([['', '']]);

  /**
   * @param fresh makes a name of the graph for one that is defined here
   * @param outer what a name stands for that is not defined here
   */
  constructor(
    readonly fresh: (name: string) => string,
    private readonly outer: (name: string) => string,
  ) {}

  has(name: string): boolean {
    return this.#names.has(name);
  }

  bind(name: string, actual: string): void {
    this.#names.set(name, actual);
  }

  /** Gives each of these names its own in the graph, unless it is bound already. */
  define(names: Iterable<string>): void {
    for (const name of names) if (!this.#names.has(name)) this.#names.set(name, this.fresh(name));
  }

  of(name: string): string {
    return this.#names.get(name) ?? this.outer(name);
  }

  /** The scope of a subgraph inside, which defines these names anew. */
  inside(names: Iterable<string>): Scope {
    const scope = new Scope(this.fresh, (name) => this.of(name));
    scope.define(names);
    return scope;
  }
}
