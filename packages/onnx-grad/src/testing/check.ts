import { readModel } from '../bytes/read.js';
import { OnnxGradError } from '../errors.js';
import { Facts } from '../graph/facts.js';
import type { Graph } from '../graph/graph.js';
import { type Constant, type Dimension, type ElementType, isFloating, isQuantized } from '../graph/types.js';
import type { Rule } from '../rules/rule.js';
import { type Built, build, inputName, type Sizes } from './build.js';
import type { Case } from './case.js';
import { differences, dot, relativeError, type Steps } from './difference.js';
import { differentiate, missing, randomLike } from './differentiate.js';
import { rowsError } from './keeps-rows.js';
import { secondOrder } from './second.js';
import { answer, run, type Tensors, using } from './session.js';
import { stretchError } from './stretches.js';

/**
 * The operator sets in which every rule is checked: the oldest that is read, those in which many operators changed their form, and
 * the newest that ONNX Runtime 1.30 takes.
 */
export const OPSETS = [7, 9, 11, 13, 16, 26] as const;

/**
 * Largest relative error ‖gradient − differences‖ / ‖differences‖, for operators that are linear in what is differentiated and for
 * others: `difference.ts` says where the differences' own error comes from.
 */
export const TOLERANCE = { linear: 5e-6, smooth: 5e-5 } as const;

/** Between two gradients of the same numbers by different nodes: float32's rounding in sums of some ten terms. */
export const SAME = 1e-6;

/** What a check found: relative errors by what was compared. */
export interface Report {
  /** Against differences, with the inputs' sizes declared in three ways. */
  readonly gradient: Readonly<Partial<Record<Sizes, number>>>;
  /** The gradient of the gradient against differences; undefined where the rule refuses. */
  readonly second: number | undefined;
  /** Shapes that `Facts` infers and that the run contradicts. */
  readonly contradictions: readonly string[];
  /** K cotangents at once against one by one; undefined where the rule does not claim that rows stay apart. */
  readonly rows: number | undefined;
  /** A cotangent of one position of an axis, kept as a stretch, against the same in full; undefined where the rule does not claim that positions stay apart. */
  readonly stretches: number | undefined;
}

/**
 * Holds a rule against central differences in one operator set: the gradient of Σ cotangent · output as nodes, run by ONNX Runtime,
 * against differences of the forward model, run by ONNX Runtime.
 *
 * @throws what the rule throws; an Error where a refusal was expected and did not come
 */
export async function verify(c: Case, rule: Rule, opset: number): Promise<Report> {
  const model = build(c, opset, 'fixed');
  const wrt = differentiated(c, rule);
  const seed = `${c.operator} ${c.title}`;
  const forward = await answer(model.bytes, model.tensors);
  const cotangents = model.outputs.map((output) => randomLike(forward[output] ?? missing(output), `${seed} cotangent ${output}`));
  const smooth = c.twin === undefined ? model : build(c, opset, 'fixed', { twin: true });
  const expected = await expectedGradients(smooth, wrt, cotangents, c);
  const errors: Partial<Record<Sizes, number>> = {};
  const contradictions: string[] = [];
  let second: number | undefined;
  for (const sizes of sizesOf(c)) {
    contradictions.push(...contradicted(readModel(build(c, opset, sizes).bytes), forward));
    const received = await attempt(c, opset, sizes, () =>
      differentiate(build(c, opset, sizes), wrt, cotangents, { symbolic: sizes !== 'fixed', name: 'first' }),
    );
    if (received === undefined) continue;
    errors[sizes] = relativeError(
      wrt.flatMap((name) => received.gradients[name]?.data ?? []),
      wrt.flatMap((name) => expected.get(name) ?? []),
    );
    if (sizes === 'fixed') second = await secondOrder(model, smooth, received, wrt, c, seed);
  }
  const rows =
    errors.fixed === undefined || c.anyBatch === false ? undefined : await rowsError(build(c, opset, 'fixed', { rows: true }), wrt, seed);
  const stretches = errors.fixed === undefined ? undefined : await stretchError(model, rule, wrt, seed);
  return { gradient: errors, second, rows, stretches, contradictions };
}

/** What is inferred without a runtime must be what a runtime gives. */
function contradicted(graph: Graph, forward: Tensors): string[] {
  const facts = new Facts(graph);
  return Object.entries(forward).flatMap(([value, { type, dims }]) => {
    const told = facts.of(value);
    const holds = (size: Dimension, axis: number) => size === '' || sizeOfSymbols(size) === dims[axis];
    const right = told.dims === undefined || (told.dims.length === dims.length && told.dims.every(holds));
    if (right && (told.type ?? type) === type) return [];
    return [`${value} is ${type} [${dims}], but ${told.type} [${told.dims}] was inferred`];
  });
}

/** A symbol of a case carries its size in its name (`symbolOf`): 3·n4 is 12. */
function sizeOfSymbols(size: Dimension): number {
  return String(size)
    .split('*')
    .reduce((product, factor) => product * Number(factor.replace('n', '')), 1);
}

/** The ways in which sizes can be declared; a case without axes behind the second has nothing but fixed sizes in space. */
function sizesOf({ inputs }: Case): Sizes[] {
  const space = inputs.some((input) => input !== undefined && !input.constant && input.dims.slice(2).some((size) => size !== 1));
  return space ? ['fixed', 'space', 'symbolic'] : ['fixed', 'symbolic'];
}

/** Names of the inputs that a case differentiates. */
export function differentiated(c: Case, rule: Rule): string[] {
  const real = (type: ElementType) => isFloating(type) || (c.twin !== undefined && isQuantized(type));
  const able = c.inputs.flatMap((input, index) =>
    input !== undefined && !input.constant && real(input.type) && rule.differentiable(index) ? [index] : [],
  );
  return (c.wrt ?? able).map(inputName);
}

/** The gradients of Σ cotangent · output by differences. */
export async function expectedGradients(model: Built, wrt: readonly string[], cotangents: readonly Constant[], steps: Steps) {
  const { bytes, tensors, outputs } = model;
  return using(bytes, async (session) => {
    const expected = new Map<string, number[]>();
    for (const name of wrt) {
      const score = async (x: Constant) => {
        const made = await run(session, { ...tensors, [name]: x });
        return dot(
          cotangents,
          outputs.map((output) => made[output] ?? missing(output)),
        );
      };
      expected.set(name, await differences(score, tensors[name] ?? missing(name), steps));
    }
    return expected;
  });
}

/** The result; undefined where a refusal was expected, or allowed, and came in the right words. */
async function attempt<T>(c: Case, opset: number, sizes: Sizes, act: () => Promise<T>): Promise<T | undefined> {
  const needs = Math.max(c.needs ?? 0, sizes === 'fixed' ? 0 : (c.needsIfSymbolic ?? 0));
  const words = c.refused ?? new RegExp(`needs operator set ${needs}\\b`);
  const must = c.refused !== undefined || opset < (c.needs ?? 0);
  const may = must || opset < needs;
  let result: T;
  try {
    result = await act();
  } catch (error) {
    if (may && error instanceof OnnxGradError && error.code === 'unsupported-attribute' && words.test(error.message)) return undefined;
    throw error;
  }
  if (must) throw new Error(`expected a refusal in words like ${words}, but a gradient came`);
  return result;
}
