import { OnnxGradError } from '../errors.js';
import type { Constant } from '../graph/types.js';
import type { Rule } from '../rules/rule.js';
import { build } from './build.js';
import type { Case } from './case.js';
import { differentiated, expectedGradients, TOLERANCE } from './check.js';
import { relativeError, type Steps } from './difference.js';
import { type Differentiated, differentiate, missing, randomLike } from './differentiate.js';
import { answer, type Tensors } from './session.js';
import { rounded } from './tensor.js';

/**
 * Largest relative error of gradients in the other floating-point types. float64: against central differences, exact for linear
 * operators; of the others some kernels hold their constants (1 / √width of attention, √(2 / π)) as float32. float16: against the float32
 * gradient of the same numbers; it has 11 bits (5e-4), and intermediate results are rounded to them.
 */
const TYPE_TOLERANCE = { float64: { linear: 1e-12, smooth: 3e-7 }, float16: { linear: 5e-3, smooth: 1e-2 } } as const;

/** What the runtime says where it has no kernel for a type; and where an operator does not take the type at all. */
const NO_KERNEL = /Could not find an implementation for/;
const NOT_TAKEN = /Could not find an implementation for|Type '[^']*' of input parameter .* is invalid|data type is not supported/;

/**
 * Holds a rule in another floating-point type.
 *
 * @returns the relative error in tolerances, right below 1; undefined where ONNX Runtime itself cannot compute the operator, or its gradient, in this
 * type, or the rule refuses the case
 */
export async function typeError(c: Case, rule: Rule, opset: number, type: keyof typeof TYPE_TOLERANCE): Promise<number | undefined> {
  const wrt = differentiated(c, rule);
  const typed = build(c, opset, 'fixed', { type });
  const forward = await unless(NOT_TAKEN, () => answer(typed.bytes, typed.tensors));
  if (forward === undefined) return undefined;
  const cotangents = typed.outputs.map((output) => {
    const drawn = randomLike(forward[output] ?? missing(output), `${c.operator} ${c.title} cotangent ${output}`);
    return { ...drawn, data: rounded(drawn.data, type) };
  });
  const options = { symbolic: false, name: 'first' };
  const received = await unless(NO_KERNEL, () => differentiate(typed, wrt, cotangents, options));
  if (received === undefined) return undefined;
  const against = (expected: (name: string) => readonly number[]) =>
    relativeError(
      wrt.flatMap((name) => received.gradients[name]?.data ?? []),
      wrt.flatMap(expected),
    );
  const kind = c.linear ? 'linear' : 'smooth';
  if (type === 'float16') {
    const single = await differentiate(build(c, opset, 'fixed', { numbers: type }), wrt, cotangents.map(widened), options);
    return against((name) => single.gradients[name]?.data ?? []) / TYPE_TOLERANCE.float16[kind];
  }
  const differences = async (steps: Steps) => {
    const found = await expectedGradients(typed, wrt, cotangents, steps);
    return against((name) => found.get(name) ?? []);
  };
  const error = (await differences({ ...c, double: true })) / TYPE_TOLERANCE.float64[kind];
  // Some kernels compute in float32 inside, whatever they are given: then steps are those of float32, and so is the tolerance.
  return error < 1 ? error : (await differences(c)) / (c.tolerance ?? TOLERANCE[kind]);
}

function widened(tensor: Constant): Constant {
  return { ...tensor, type: 'float32' };
}

/** The result; undefined where the runtime refuses in these words, or the rule does. */
async function unless<T extends Tensors | Differentiated>(words: RegExp, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof OnnxGradError ? error.code === 'unsupported-attribute' : error instanceof Error && words.test(error.message))
      return undefined;
    throw error;
  }
}
