import type { NewNode } from '../bytes/write.js';
import { type Constant, type Dimension, type ElementType, isQuantized, type ValueInfo } from '../graph/types.js';
import { type Case, drawn } from './case.js';
import { model } from './model.js';
import type { Tensors } from './session.js';
import { rounded } from './tensor.js';

/** How a model declares the sizes of its inputs: all fixed; those behind the first two axes symbolic; all symbolic that are not 1. */
export type Sizes = 'fixed' | 'space' | 'symbolic';

/** A case as a model, with what it is run on. */
export interface Built {
  readonly bytes: Uint8Array;
  /** What is fed at run time. */
  readonly tensors: Tensors;
  /** The outputs that the score depends on. */
  readonly outputs: readonly string[];
}

export interface BuildOptions {
  /** See `firstRow`. */
  readonly rows?: boolean;
  /** Instead of the case's node, its twin. */
  readonly twin?: boolean;
  /** Element type that float32 tensors of the case have in the model. Default: float32. */
  readonly type?: ElementType;
  /** The type whose numbers they hold. Default: `type`. */
  readonly numbers?: ElementType;
}

/** Name of an input of the case's node. */
export const inputName = (index: number): string => `x${index}`;

/** The symbol for a size: equal sizes have equal symbols. */
export const symbolOf = (size: number): string => `n${size}`;

/** Writes the model of a case. @param sizes how the inputs' sizes are declared */
export function build(c: Case, opset: number, sizes: Sizes, options: BuildOptions = {}): Built {
  const { rows = false, twin = false, type = 'float32', numbers = type } = options;
  const count = c.outputs ?? 1;
  const made = Array.from({ length: count }, (_, index) => `y${index}`);
  const names = c.inputs.map((input, index) => (input === undefined ? '' : inputName(index)));
  const node: NewNode = {
    opType: c.operator,
    ...(c.domain === undefined ? {} : { domain: c.domain }),
    inputs: names,
    outputs: made,
    ...attributes(c),
  };
  const nodes: NewNode[] = [...((twin ? c.twin?.(names, made) : undefined) ?? [node])];
  let outputs = c.used?.map((index) => made[index] ?? '') ?? made;
  for (const [index, { opType, ...rest }] of (c.followedBy ?? []).entries()) {
    nodes.push({ opType, inputs: outputs, outputs: [`z${index}`], ...rest });
    outputs = [`z${index}`];
  }
  const initializers = new Map<string, Constant>();
  const tensors: Record<string, Constant> = {};
  const inputs: ValueInfo[] = [];
  const batch = c.inputs[0]?.dims[0];
  c.inputs.forEach((input, index) => {
    if (input === undefined) return;
    const name = inputName(index);
    const plain = drawn(input, `${c.operator} ${c.title} ${index}`);
    const tensor = plain.type === 'float32' ? { ...plain, type, data: rounded(plain.data, numbers) } : twin ? floating(plain) : plain;
    if (input.constant) {
      initializers.set(name, tensor);
      return;
    }
    const isBatch = rows && tensor.dims[0] === batch && tensor.dims.length === c.inputs[0]?.dims.length;
    tensors[name] = isBatch ? firstRow(tensor) : tensor;
    inputs.push({ name, type: tensor.type, dims: isBatch ? ['batch', ...tensor.dims.slice(1)] : declared(tensor.dims, sizes) });
  });
  return {
    bytes: model({ opset, nodes, inputs, outputs, initializers, ...(c.domain === undefined ? {} : { domains: { [c.domain]: 1 } }) }),
    tensors,
    outputs,
  };
}

/** Quantised numbers as the twin takes them. */
function floating(tensor: Constant): Constant {
  return isQuantized(tensor.type) ? { ...tensor, type: 'float32' } : tensor;
}

function attributes(c: Case): Pick<NewNode, 'attributes'> {
  return c.attributes === undefined ? {} : { attributes: c.attributes };
}

function declared(dims: readonly number[], sizes: Sizes): Dimension[] {
  const from = { fixed: dims.length, space: 2, symbolic: 0 }[sizes];
  return dims.map((size, axis) => (axis < from || size === 1 ? size : symbolOf(size)));
}

/** The first row of a batch: what K cotangents of one image meet. */
function firstRow({ type, dims, data }: Constant): Constant {
  return { type, dims: [1, ...dims.slice(1)], data: data.slice(0, data.length / (dims[0] ?? 1)) };
}
