import { readModel } from '../bytes/read.js';
import { findPath } from '../differentiate/path.js';
import { keepsRows } from '../differentiate/rows.js';
import type { Constant } from '../graph/types.js';
import type { Built } from './build.js';
import { relativeError } from './difference.js';
import { cotangentName, differentiate, missing, randomLike } from './differentiate.js';
import { answer, learnFacts, type Tensors } from './session.js';

/** How many classes are explained at once. */
const CLASSES = 3;

/**
 * Where the rules claim that rows stay apart: the gradient for K cotangents on a batch of 1 against K runs with one each.
 *
 * @param model one whose batch axis is the symbol `batch`, and which is fed one row
 * @returns the relative error, or undefined where nothing is claimed
 */
export async function rowsError(model: Built, wrt: readonly string[], seed: string): Promise<number | undefined> {
  const graph = readModel(model.bytes);
  const facts = await learnFacts(graph, model.tensors, true);
  const batched = wrt.filter((name) => facts.of(name).dims?.[0] === 'batch');
  if (batched.length === 0 || !keepsRows(findPath(graph, facts, batched, model.outputs), facts, 'batch')) return undefined;
  const forward = await answer(model.bytes, model.tensors);
  const cotangents = model.outputs.map((output) => randomLike(forward[output] ?? missing(output), `${seed} ${output}`, CLASSES));
  const { bytes, feeds, names, gradients } = await differentiate(model, batched, cotangents, { symbolic: true, name: 'first' });
  const apart: Tensors[] = [];
  for (let row = 0; row < CLASSES; row++) {
    const single = cotangents.map((cotangent, index): [string, Constant] => [cotangentName('first', index), rowOf(cotangent, row)]);
    apart.push(await answer(bytes, { ...feeds, ...Object.fromEntries(single) }));
  }
  const errors = batched.map((name) =>
    relativeError(
      gradients[name]?.data ?? [],
      apart.flatMap((made) => made[names.get(name) ?? '']?.data ?? []),
    ),
  );
  return Math.max(...errors);
}

function rowOf({ type, dims, data }: Constant, row: number): Constant {
  const size = data.length / CLASSES;
  return { type, dims: [1, ...dims.slice(1)], data: data.slice(row * size, (row + 1) * size) };
}
