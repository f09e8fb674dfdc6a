import { readModel } from '../bytes/read.js';
import { findPath } from '../differentiate/path.js';
import type { Constant } from '../graph/types.js';
import type { Built } from './build.js';
import { derivative, relativeError, type Steps } from './difference.js';
import { cotangentName, type Differentiated, differentiate, missing, randomLike } from './differentiate.js';
import { learnFacts, run, using } from './session.js';
import { withData } from './tensor.js';

/**
 * The gradient of the gradient. A VJP is linear in its cotangent, and its transpose is the Jacobian: so differentiating
 * ⟨v, VJP(g)⟩ by g must give J·v, the change of the outputs along v. An operator that a rule emits and that has no rule itself
 * is refused on the way.
 *
 * @param smooth the model of which differences are taken
 * @returns the relative error of J·v
 */
export async function secondOrder(
  model: Built,
  smooth: Built,
  first: Differentiated,
  wrt: readonly string[],
  steps: Steps,
  seed: string,
): Promise<number> {
  const directions = wrt.map((name) => randomLike(first.gradients[name] ?? missing(name), `${seed} direction ${name}`));
  const sources = model.outputs.map((_, index) => cotangentName('first', index));
  const outputs = wrt.map((name) => first.names.get(name) ?? missing(name));
  // Through the first inputs as well: what depends on them must be differentiable, though its numbers are not compared here.
  const graph = readModel(first.bytes);
  findPath(graph, await learnFacts(graph, first.feeds), [...sources, ...wrt], outputs);
  const second = await differentiate({ bytes: first.bytes, tensors: first.feeds, outputs }, sources, directions, {
    symbolic: false,
    name: 'second',
  });
  return using(smooth.bytes, async (session) => {
    const along = async (step: number) => {
      const moved = wrt.map((name, index): [string, Constant] => {
        const x = smooth.tensors[name] ?? missing(name);
        const v = directions[index]?.data ?? [];
        return [
          name,
          withData(
            x,
            x.data.map((value, element) => value + step * (v[element] ?? 0)),
          ),
        ];
      });
      const made = await run(session, { ...smooth.tensors, ...Object.fromEntries(moved) });
      return model.outputs.flatMap((output) => (made[output] ?? missing(output)).data);
    };
    const received = sources.flatMap((source) => second.gradients[source]?.data ?? []);
    return relativeError(received, await derivative(along, steps));
  });
}
