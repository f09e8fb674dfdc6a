import { GraphBuilder } from '../build/builder.js';
import { type Cotangent, dense } from '../build/cotangent.js';
import type { Stretch } from '../build/stretch.js';
import { readModel } from '../bytes/read.js';
import { gradient } from '../differentiate/gradient.js';
import type { Constant } from '../graph/types.js';
import type { Rule } from '../rules/rule.js';
import type { Built } from './build.js';
import { relativeError } from './difference.js';
import { missing, randomLike } from './differentiate.js';
import { answer, learnFacts } from './session.js';

/**
 * Where a rule claims that positions of its output stay apart along an axis: the gradient for a cotangent of one position, kept as a stretch, against
 * that for the same with its zeros written.
 *
 * @returns the relative error, or undefined where nothing is claimed
 */
export async function stretchError({ bytes, tensors, outputs }: Built, rule: Rule, wrt: readonly string[], seed: string) {
  const graph = readModel(bytes);
  const b = new GraphBuilder(graph, await learnFacts(graph, tensors, false));
  const [output = ''] = outputs;
  const node = graph.producer(output);
  if (outputs.length > 1 || node?.opType !== rule.operator) return undefined;
  const wanted = new Set(wrt.map((name) => node.inputs.indexOf(name)));
  const dims = b.facts.dims(output).map(Number);
  const feeds: Record<string, Constant> = { ...tensors };
  const pairs: (readonly [kept: string, written: string])[] = [];
  for (const [axis, whole] of dims.entries()) {
    if (axis === 0 || whole < 2 || rule.along(node, b.facts, b.opset, wanted, axis) === undefined) continue;
    const value = `stretch of axis ${axis}`;
    const one = { type: b.cotangentType(output), dims: dims.map((size, at) => (at === axis ? 1 : size)), data: [] };
    feeds[value] = randomLike(one, `${seed} ${value}`);
    const stretch: Stretch = { axis, from: Math.floor(whole / 2), size: 1, value: b.input(value, one.type, one.dims) };
    const made = (cotangent: Cotangent) => gradient(b, new Map([[output, cotangent]]), wrt);
    const [kept, written] = [made(stretch), made(dense(b, stretch, output))];
    for (const name of wrt) {
      const shown = [kept, written].map((gradients, form) => b.output(`${name} ${axis} ${form}`, gradients.get(name) ?? missing(name)));
      pairs.push([shown[0] ?? '', shown[1] ?? '']);
    }
  }
  if (pairs.length === 0) return undefined;
  const answered = await answer(b.splice(), feeds);
  const numbers = (name: string) => answered[name]?.data ?? missing(name);
  return Math.max(...pairs.map(([kept, written]) => relativeError(numbers(kept), numbers(written))));
}
