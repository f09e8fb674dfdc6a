import { MAX_RANK } from '../limits.js';
import { constantOf, type Graph } from './graph.js';
import { held } from './shapes/arithmetic.js';
import { type Known, type Numbers, Step } from './shapes/step.js';
import { type Inferences, inferences } from './shapes/table.js';
import { type ElementType, type Fact, isFloating, merge, type Node, soundSize } from './types.js';

/** Elements up to which integers are followed: a size, a bound, two pads of each axis. */
const MAX_INTEGERS = 2 * MAX_RANK;

/** Elements up to which real numbers are: factors of sizes, never weights. */
const MAX_REALS = 16;

/** Elements that are computed in one graph; a transformer with windows has some ten thousand. */
const MAX_COMPUTED = 2 ** 22;

const elements = (dims: readonly number[]) => dims.reduce((product, size) => product * size, 1);

function isSmall(type: ElementType | undefined, count: number): boolean {
  return count <= (isFloating(type) ? MAX_REALS : MAX_INTEGERS);
}

/**
 * Types and shapes of values as far as rules tell them, and the numbers of small tensors from which exporters compute shapes. Nodes are
 * passed in their order.
 */
export class Inference implements Known {
  readonly facts = new Map<string, Fact>();
  readonly #numbers = new Map<string, Numbers | undefined>();
  /** Constant nodes, which are read when they are asked for. */
  readonly #constants = new Map<string, Node>();
  #left = MAX_COMPUTED;

  /** @param told what is known of values before, or instead */
  constructor(
    readonly graph: Graph,
    private readonly told: (value: string) => Fact | undefined,
  ) {}

  fact(value: string): Fact {
    return this.facts.get(value) ?? this.told(value) ?? this.numbers(value) ?? { type: undefined, dims: undefined };
  }

  numbers(value: string): Numbers | undefined {
    if (this.#numbers.has(value)) return this.#numbers.get(value);
    const numbers = this.#constant(value);
    this.#numbers.set(value, numbers);
    return numbers;
  }

  /** Looks at the next node. */
  pass(node: Node): void {
    if (node.opType === 'Constant' && node.domain === '') this.#constants.set(node.outputs[0] ?? '', node);
    const rules = node.domain === '' ? inferences.get(node.opType) : undefined;
    if (rules === undefined) return;
    const step = new Step(node, this);
    const x = step.dims(0);
    const count = rules.everyOutput ? node.outputs.length : 1;
    for (let index = 0; index < count; index++) {
      const output = node.outputs[index] ?? '';
      const inferred = x && rules.shape?.(step, x, index);
      const told = this.told(output);
      const dims = inferred === undefined || inferred.length > MAX_RANK ? undefined : inferred.map(soundSize);
      const fact = { type: (rules.type ? rules.type(step, index) : step.type(0)) ?? told?.type, dims: merge(told?.dims, dims) };
      if (fact.type !== undefined || fact.dims !== undefined) this.facts.set(output, fact);
      this.#compute(rules.numbers, step, index, fact);
    }
  }

  #compute(rule: Inferences['numbers'], step: Step, index: number, { type, dims }: Fact): void {
    if (rule === undefined || type === undefined || !dims?.every((size) => typeof size === 'number')) return;
    const count = elements(dims);
    if (!isSmall(type, count) || count > this.#left) return;
    const data = rule(step, dims, index)?.map((value) => held(value, type));
    if (data?.length !== count) return;
    this.#left -= count;
    this.#numbers.set(step.node.outputs[index] ?? '', { type, dims, data });
  }

  #constant(value: string): Numbers | undefined {
    const { initializers, irVersion, overridable } = this.graph;
    // From IR version 4 on, a caller may feed another value for an initializer that is listed as an input.
    if (irVersion >= 4 && overridable.has(value)) return undefined;
    const node = this.#constants.get(value);
    if (node !== undefined) return constantOf(node);
    const initializer = initializers.get(value);
    const isWeight = initializer !== undefined && !isSmall(initializer.type, elements(initializer.dims));
    return isWeight ? undefined : this.graph.constant(value);
  }
}

/**
 * What is inferred of the values of a graph, in one pass: enough for convolutional networks and transformers with sizes that are fixed
 * or named, so that explaining them asks no runtime. What is not known here is left out.
 */
export function inferShapes(graph: Graph, told: (value: string) => Fact | undefined): ReadonlyMap<string, Fact> {
  const inference = new Inference(graph, told);
  for (const node of graph.nodes) inference.pass(node);
  return inference.facts;
}
