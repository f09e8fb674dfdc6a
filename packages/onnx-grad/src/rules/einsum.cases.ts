import { type Case, check, type Input, smooth } from '../testing/case.js';
import { weight } from '../testing/families.js';

const sum = (equation: string, inputs: readonly Input[], rest: Partial<Case> = {}): Case =>
  check('Einsum', [equation, rest.title].filter(Boolean).join(' '), {
    since: 12,
    linear: true,
    inputs,
    attributes: { equation },
    ...withoutTitle(rest),
  });

function withoutTitle({ title: _, ...rest }: Partial<Case>): Partial<Case> {
  return rest;
}

export const einsumCases: readonly Case[] = [
  sum('ij->ji', [smooth(2, 3)]),
  sum('b i -> b i', [smooth(2, 3)], { title: 'with spaces' }),
  sum('ij->i', [smooth(2, 3)], { title: 'a sum' }),
  sum('ij->', [smooth(2, 3)], { title: 'a sum of all' }),
  sum('ij,jk->ik', [smooth(2, 3), smooth(3, 4)]),
  sum('ij,jk->ik', [smooth(2, 3), weight(3, 4)], { title: 'of a weight' }),
  sum('ij,jk', [smooth(2, 3), smooth(3, 4)], { title: 'implied' }),
  sum('ba,ca', [smooth(2, 3), smooth(4, 3)], { title: 'implied, in alphabetical order' }),
  sum('Ij,jK->IK', [smooth(2, 3), smooth(3, 4)]),
  sum('i,i->', [smooth(3), smooth(3)], { title: 'a scalar' }),
  sum('i,j->ij', [smooth(2), smooth(3)], { title: 'an outer product' }),
  sum('i,->i', [smooth(3), smooth()], { title: 'with a scalar operand' }),
  sum('bij,bjk->bik', [smooth(2, 3, 4), smooth(2, 4, 2)]),
  sum('bhqd,bhkd->bhqk', [smooth(2, 2, 3, 2), smooth(2, 2, 4, 2)]),
  sum('bij,k->bk', [smooth(2, 3, 2), smooth(2)], { title: 'sums of one operand' }),
  sum('...ij,...jk->...ik', [smooth(2, 2, 3), smooth(2, 3, 2)]),
  sum('...ij,...jk->...ik', [smooth(2, 1, 2, 3), smooth(1, 4, 3, 2)], { title: 'broadcast' }),
  sum('...ij,jk->...ik', [smooth(2, 2, 2, 3), smooth(3, 2)], { title: 'of one operand' }),
  sum('...ij,...jk', [smooth(2, 2, 3), smooth(2, 3, 2)], { title: 'implied' }),
  sum('bi,bj->bij', [smooth(2, 1), smooth(2, 3)], { title: 'of size 1' }),
  sum('bi,bi->b', [smooth(2, 1), smooth(2, 3)], { title: 'spread from size 1' }),
  sum('ij,jk,kl->il', [smooth(2, 3), smooth(3, 2), smooth(2, 4)], { wrt: [0, 2] }),
  sum('bi,ijk,bk->bj', [smooth(2, 3), smooth(3, 2, 4), smooth(2, 4)], { title: 'bilinear', wrt: [0, 2] }),
  sum('bi,ijk,bk->bj', [smooth(2, 3), smooth(3, 2, 4), smooth(2, 4)], { title: 'form of a bilinear', wrt: [1] }),
  sum('ii->i', [smooth(3, 3)], { title: 'a diagonal', needsIfSymbolic: 11 }),
  sum('bii->b', [smooth(2, 3, 3)], { title: 'traces' }),
  sum('bii,bij->bj', [smooth(2, 3, 3), smooth(2, 3, 2)], { title: 'a diagonal beside' }),
];
