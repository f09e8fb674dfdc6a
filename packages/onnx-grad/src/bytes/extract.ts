import { type Graph, valuesRead } from '../graph/graph.js';
import type { Fact, Node, ValueInfo } from '../graph/types.js';
import { concat, withGraph } from './append.js';
import { GraphField } from './fields.js';
import { MessageReader } from './reader.js';
import { readValueInfo } from './value.js';
import { type Addition, encodeAddition } from './write.js';

/** The part of a graph that computes some values from others. */
export interface Tail {
  /** Its nodes, in the order of the graph. */
  readonly nodes: ReadonlySet<Node>;
  /**
   * What its nodes read that is made before it: the values at which it was cut, and those that reach it by another way, such as a skip
   * connection around the cut. Inputs of the graph are among them where it reads them.
   */
  readonly inputs: readonly string[];
}

/**
 * The nodes that compute `outputs` from the values `cut`: those that depend on them, with everything they need that is the same for every
 * input of the graph. What else they need crosses the cut.
 *
 * @param crosses whether a value that depends on the graph's inputs, but not on the cut, may cross it; the nodes that make one that may not
 * belong to the tail. Default: any may
 */
export function tailOf(
  graph: Graph,
  cut: readonly string[],
  outputs: readonly string[],
  crosses: (value: string) => boolean = () => true,
): Tail {
  const behind = dependents(graph, cut);
  const variable = dependents(
    graph,
    graph.inputs.map(({ name }) => name),
  );
  const nodes = new Set<Node>();
  const inputs = new Set<string>();
  const ends = new Set(cut);
  const open = [...outputs];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const node = graph.producer(value);
    if (ends.has(value) || (node !== undefined && !behind.has(value) && variable.has(value) && crosses(value))) inputs.add(value);
    else if (node !== undefined) {
      if (!nodes.has(node)) open.push(...valuesRead(node));
      nodes.add(node);
    } else if (!graph.initializers.has(value)) inputs.add(value);
  }
  return { nodes, inputs: [...inputs] };
}

/** The values that depend on some, and these. */
function dependents(graph: Graph, values: Iterable<string>): Set<string> {
  const reached = new Set(values);
  for (const node of graph.nodes)
    if (valuesRead(node).some((name) => reached.has(name))) for (const output of node.outputs) if (output !== '') reached.add(output);
  return reached;
}

/** What is written around a tail. */
export interface Surroundings {
  /** The outputs of the new model. */
  readonly outputs: readonly string[];
  /** Type and dimensions of its inputs. */
  readonly facts: (value: string) => Fact;
  /** Nodes that come first. Values of the cut that they make are no inputs of the new model. */
  readonly before?: Addition;
}

/**
 * A model of the tail alone: its nodes as they stand, the initializers they read (those in files of their own stay there), operator sets
 * and functions. Nothing is parsed, and only the weights of the tail are copied.
 */
export function extract(graph: Graph, tail: Tail, { outputs, facts, before = nothing }: Surroundings): Uint8Array {
  const { bytes, graphFields } = graph;
  const read = new Set([...outputs, ...[...tail.nodes].flatMap(valuesRead)]);
  const values = new Set([...read, ...[...tail.nodes].flatMap((node) => node.outputs)]);
  const initializers = new Map([...graph.initializers.values()].map((initializer) => [initializer.field[0], initializer]));
  const made = new Set(before.nodes.flatMap((node) => node.outputs));
  const inputs: ValueInfo[] = tail.inputs.filter((name) => !made.has(name)).map((name) => ({ ...facts(name), name }));
  const ends = outputs.map((name): ValueInfo => ({ name, type: undefined, dims: undefined }));
  const keeps = (number: number, fieldStart: number, content: readonly [start: number, end: number], index: number): boolean => {
    if (number === GraphField.node) return tail.nodes.has(graph.nodes[index] as Node);
    if (number === GraphField.initializer) return read.has(initializers.get(fieldStart)?.name ?? '');
    const { name } = readValueInfo(new MessageReader(bytes, ...content));
    // Old models list initializers as inputs, too.
    if (number === GraphField.input) return graph.overridable.has(name) && read.has(name);
    return number === GraphField.valueInfo && values.has(name);
  };
  const body = [encodeAddition(before)];
  let nodes = 0;
  for (const { start, end } of graphFields) {
    const message = new MessageReader(bytes, start, end);
    message.fields((number) => {
      const { fieldStart } = message;
      const part = chosen.has(number) ? message.range() : undefined;
      if (part === undefined) message.skip();
      else if (!keeps(number, fieldStart, part, number === GraphField.node ? nodes++ : -1)) return;
      body.push(bytes.subarray(fieldStart, message.position));
    });
  }
  body.push(encodeAddition({ ...nothing, inputs, outputs: ends }));
  return concat(withGraph(graph, body));
}

/** Fields of a graph of which a tail has only some. */
const chosen: ReadonlySet<number> = new Set([
  GraphField.node,
  GraphField.initializer,
  GraphField.input,
  GraphField.output,
  GraphField.valueInfo,
]);

const nothing: Addition = { nodes: [], initializers: new Map(), inputs: [], outputs: [] };
