import { GraphBuilder } from '../build/builder.js';
import { readModel } from '../bytes/read.js';
import { gradient } from '../differentiate/gradient.js';
import { type Constant, type Dimension, isFloating } from '../graph/types.js';
import type { Built } from './build.js';
import { random } from './random.js';
import { answer, learnFacts, type Tensors } from './session.js';
import { count } from './tensor.js';

/** A model with its gradient, and what that gave. */
export interface Differentiated {
  readonly bytes: Uint8Array;
  /** The gradient with respect to each value, by the value's name. */
  readonly gradients: Tensors;
  /** Name of the output that holds it. */
  readonly names: ReadonlyMap<string, string>;
  /** What was fed: the model's inputs and the cotangents. */
  readonly feeds: Tensors;
}

export interface DifferentiateOptions {
  /** Whether sizes that a runtime cannot infer are symbols; else they are those of this run. */
  readonly symbolic: boolean;
  /** Begins the names of the cotangents' inputs and of the gradients' outputs. */
  readonly name: string;
}

/** Appends the gradient of Σ cotangent · output as the product does, and runs it. */
export async function differentiate(
  { bytes, tensors, outputs }: Built,
  wrt: readonly string[],
  cotangents: readonly Constant[],
  { symbolic, name }: DifferentiateOptions,
): Promise<Differentiated> {
  const graph = readModel(bytes);
  const b = new GraphBuilder(graph, await learnFacts(graph, tensors, symbolic));
  const feeds: Record<string, Constant> = { ...tensors };
  const seeds = new Map<string, string>();
  outputs.forEach((output, index) => {
    const { type, dims } = cotangents[index] ?? missing(output);
    const declared = dims.map((size, axis): Dimension => (symbolic ? `${name}${index}_${axis}` : size));
    seeds.set(output, b.input(cotangentName(name, index), type, declared));
    feeds[cotangentName(name, index)] = cotangents[index] ?? missing(output);
  });
  const found = gradient(b, seeds, wrt);
  const names = new Map(wrt.map((value) => [value, b.output(`${name} gradient of ${value}`, found.get(value) ?? missing(value))]));
  const edited = b.splice();
  const made = await answer(edited, feeds);
  const gradients = Object.fromEntries([...names].map(([value, output]) => [value, made[output] ?? missing(output)]));
  return { bytes: edited, names, feeds, gradients };
}

export const cotangentName = (name: string, index: number): string => `${name} cotangent ${index}`;

/** Numbers between −1 and 1 in the shape of a tensor, float32 for integers: a cotangent, a direction. @param rows number of rows instead of the tensor's own */
export function randomLike({ type, dims }: Constant, seed: string, rows?: number): Constant {
  const shape = rows === undefined ? dims : [rows, ...dims.slice(1)];
  const next = random(seed);
  return {
    type: isFloating(type) ? type : 'float32',
    dims: shape,
    data: Array.from({ length: count(shape) }, () => Math.fround(2 * next() - 1)),
  };
}

export function missing(what: string): never {
  throw new Error(`there is no tensor '${what}'`);
}
