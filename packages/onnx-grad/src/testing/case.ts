import type { NewAttribute, NewNode } from '../bytes/write.js';
import type { Constant, ElementType } from '../graph/types.js';
import { random, shuffled } from './random.js';
import { count } from './tensor.js';

/** An input of a case: what its numbers are drawn from, and whether it is a constant of the model or fed at run time. */
export interface Input {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly draw: (next: () => number) => number[];
  readonly constant: boolean;
}

/** What a rule is held against numerically: a model of one node. */
export interface Case {
  /** Domain of the operator; default: the standard one. */
  readonly domain?: string;
  readonly operator: string;
  /** What this case is about, beside the operator. */
  readonly title: string;
  /** Operator sets in which the case exists. Default: all. */
  readonly since?: number;
  readonly until?: number;
  readonly attributes?: Readonly<Record<string, NewAttribute>>;
  /** Inputs in order; `undefined` for one that is left out. */
  readonly inputs: readonly (Input | undefined)[];
  /** Indices of the inputs that are differentiated. Default: each floating-point one that is fed at run time and that the rule differentiates. */
  readonly wrt?: readonly number[];
  /** Number of outputs. Default: 1. */
  readonly outputs?: number;
  /** Outputs that the score depends on. Default: all. */
  readonly used?: readonly number[];
  /** Operators of one input behind the one of the case, in a chain. */
  readonly followedBy?: readonly Pick<NewNode, 'opType' | 'attributes'>[];
  /**
   * For an operator whose outputs are steps: the nodes of the real-valued function that it stands for, from the same inputs, the quantised ones
   * given as float32, to the outputs. The differences are taken of it, and quantised inputs that are fed at run time are differentiated too.
   */
  readonly twin?: (inputs: readonly string[], outputs: readonly string[]) => readonly NewNode[];
  /** What a step of 1 is in the numbers that are differentiated: quantised ones count in larger steps. Default: 1. */
  readonly unit?: number;
  /** Whether the operator is linear in each differentiated input: then no step is too large, and the tolerance is that of float32. */
  readonly linear?: boolean;
  /** First operator set in which the rule can do it; below, it must refuse in words that name this version. */
  readonly needs?: number;
  /** The same for sizes that are known only at run time; below, it may refuse. */
  readonly needsIfSymbolic?: number;
  /** Whether the model holds for another batch too (a shape or a split of the first axis does not). Default: it does. */
  readonly anyBatch?: false;
  /** Instead of the tolerance that all cases share; the case says why. */
  readonly tolerance?: number;
  /** What the rule must say where it refuses the case in every operator set. */
  readonly refused?: RegExp;
}

/** A case; `title` says what it is about. */
export function check(operator: string, title: string, rest: Omit<Case, 'operator' | 'title'>): Case {
  return { operator, title, ...rest };
}

/** Distance between two values of a grid. The steps of the differences are smaller, and so is twice the distance of any from 0. */
export const SPACING = 1 / 8;

/** Values no two of which are nearer than `SPACING`, none nearer to 0 than half of that: no step crosses a kink or changes which is the largest. */
export function grid(...dims: number[]): Input {
  const draw = (next: () => number) => {
    const size = count(dims);
    return shuffled(
      Array.from({ length: size }, (_, index) => (index - Math.floor(size / 2) + 0.5) * SPACING),
      next,
    );
  };
  return { type: 'float32', dims, draw, constant: false };
}

/** Values between two bounds. */
export function between(low: number, high: number, ...dims: number[]): Input {
  return { type: 'float32', dims, draw: (next) => Array.from({ length: count(dims) }, () => low + (high - low) * next()), constant: false };
}

/** Values between −1 and 1. */
export function smooth(...dims: number[]): Input {
  return between(-1, 1, ...dims);
}

/** Values between 0.5 and 1.5. */
export function positive(...dims: number[]): Input {
  return between(0.5, 1.5, ...dims);
}

/** These very values. */
export function fixed(dims: readonly number[], data: readonly number[], type: ElementType = 'float32'): Input {
  return { type, dims, draw: () => [...data], constant: false };
}

/** Whole numbers from `low` to `high`, as quantised tensors hold them. */
export function whole(low: number, high: number, type: ElementType, ...dims: number[]): Input {
  const draw = (next: () => number) => Array.from({ length: count(dims) }, () => low + Math.floor((high - low + 1) * next()));
  return { type, dims, draw, constant: false };
}

/** A constant vector of int64: axes, shapes, bounds. */
export function ints(...values: number[]): Input {
  return constant(fixed([values.length], values, 'int64'));
}

/** The input as a constant of the model. */
export function constant(input: Input): Input {
  return { ...input, constant: true };
}

/** The input as one that is fed at run time. */
export function computed(input: Input): Input {
  return { ...input, constant: false };
}

/** The numbers of an input, the same in every run. */
export function drawn(input: Input, seed: string): Constant {
  return {
    type: input.type,
    dims: input.dims,
    data: input.draw(random(seed)).map((value) => (input.type === 'float32' ? Math.fround(value) : value)),
  };
}
