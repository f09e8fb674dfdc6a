import type { Value } from '../build/builder.js';
import { positions, range } from '../build/indices.js';
import { list } from '../graph/list.js';
import { rule, type VjpContext } from './rule.js';

/**
 * x: [..., n, n], y: [...]. The derivative of a determinant by xᵢⱼ is the cofactor, ± the determinant of x without row i and column j: unlike det(x)·x⁻ᵀ it
 * needs no inverse, and holds where x has none.
 */
export const determinantRule = rule('Det', {
  since: 11,
  rows: (c) => c.rank(c.x) > 2,
  vjp: (c) => {
    const { b, g, x } = c;
    const row = c.rank(x) - 2;
    const arriving = b.unsqueeze(g, [row, row + 1]);
    if (c.dims(x)[row] === 1) return arriving;
    const { rest, sign } = cofactors(c, row);
    // [..., i, rows but i, j, columns but j]
    const minors = b.gather(b.gather(x, rest, row), rest, row + 2);
    const ordered = b.transpose(minors, [...list(row, (axis) => axis), row, row + 2, row + 1, row + 3]);
    return b.mul(arriving, b.mul(b.node('Det', [ordered]), sign));
  },
});

/** rest[i]: all numbers below n but i, [n, n − 1]. sign: (−1)ⁱ⁺ʲ, [n, n]. */
function cofactors({ b, x, facts }: VjpContext<undefined>, row: number): { rest: Value; sign: Value } {
  const n = facts.dims(x)[row];
  if (typeof n === 'number') {
    const pairs = (width: number, entry: (i: number, j: number) => number) =>
      list(n * width, (index) => entry(Math.floor(index / width), index % width));
    return {
      rest: b.constant(
        'int64',
        [n, n - 1],
        pairs(n - 1, (i, k) => (k < i ? k : k + 1)),
      ),
      sign: b.constant(
        b.typeOf(x),
        [n, n],
        pairs(n, (i, j) => ((i + j) % 2 === 0 ? 1 : -1)),
      ),
    };
  }
  const j = positions(b, x, row);
  const i = b.unsqueeze(j, [1]);
  const k = range(b, 0, b.sub(b.sizes(x, row, row + 1), b.ints([1])), 1);
  const odd = b.cast(b.node('Mod', [b.add(i, j), b.ints([2])]), b.typeOf(x));
  return { rest: b.add(k, b.cast(b.not(b.less(k, i)), 'int64')), sign: b.shift(b.scale(odd, -2), 1) };
}
