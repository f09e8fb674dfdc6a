import type { Value } from '../build/builder.js';
import { range } from '../build/indices.js';
import { type Rule, rule, type VjpContext } from './rule.js';

/** Σ weights · g over all elements: what arrives at a number that was spread with these weights. */
function collected({ b, g, y, ...c }: VjpContext<undefined>, weights?: Value): Value {
  const all = Array.from({ length: c.facts.rank(y) }, (_, axis) => axis);
  return b.sum(weights === undefined ? g : b.mul(g, weights), all, false);
}

/** Tensors that are made out of a few numbers. */
export const generatorRules: readonly Rule[] = [
  // y = start, start + delta, start + 2 · delta …; the limit only says how many, which is a step.
  rule('Range', {
    inputs: [0, 2],
    vjp: (c, input) => {
      const { b, y } = c;
      return input === 0 ? collected(c) : collected(c, b.cast(range(b, 0, b.shape(y), 1), b.typeOf(y)));
    },
  }),
  // values = [off, on]: each gets the cotangents of the places where it stands.
  rule('OneHot', {
    inputs: [2],
    vjp: (c) => {
      const { b, node, y } = c;
      const at = (off: number, on: number) => b.again(node, [c.input(0), c.input(1), b.constant(b.typeOf(y), [2], [off, on])]);
      return b.concat(
        [at(1, 0), at(0, 1)].map((places) => b.reshape(collected(c, places), [1])),
        0,
      );
    },
  }),
];
