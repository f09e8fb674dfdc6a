import { positions } from '../build/indices.js';
import { reshapeTo, type ShapePart, sizesOf, zerosWithRows } from '../build/rows.js';
import type { Attributes } from '../graph/attributes.js';
import { type Rule, rule, type VjpContext } from './rule.js';

interface IndexAttributes {
  readonly axis: number;
}

const parse = (a: Attributes): IndexAttributes => ({ axis: a.int('axis', 0) });

/** Picking elements by index, and placing them: each is the transpose of the other. */
export const indexingRules: readonly Rule[] = [
  // Each cotangent is added where its element was picked from.
  rule('Gather', {
    attributes: parse,
    inputs: [0],
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c) => {
      const axis = c.axis(c.attributes.axis);
      // All indices along one axis, whatever their own shape was: [before, indices, behind].
      const behind: ShapePart = [c.x, axis + 1, c.rank(c.x)];
      const g = reshapeTo(c.b, c.g, axis === 0 ? [-1, behind] : [0, [c.x, 1, axis], -1, behind]);
      return c.opset >= 16 ? addAt(c, g, axis) : timesOneHot(c, g, axis);
    },
  }),
  rule('GatherElements', {
    attributes: parse,
    inputs: [0],
    vjp: ({ b, g, x, attributes: { axis }, ...c }) => {
      b.need(16, 'the gradient of GatherElements (ScatterElements with add)');
      return b.node('ScatterElements', [zerosWithRows(b, x, g, 0), c.node.inputs[1] ?? '', g], { axis, reduction: 'add' });
    },
  }),
  // What is placed gets the cotangents of its places; what it is placed on keeps its own, except where it was replaced.
  rule('ScatterElements', {
    attributes: (a) => ({ axis: a.int('axis', 0), reduction: a.choice('reduction', 'none', ['none', 'add']) }),
    inputs: [0, 2],
    vjp: (c, index) => {
      const { axis, reduction } = c.attributes;
      if (index === 2) return c.b.node('GatherElements', [c.g, c.input(1)], { axis });
      return reduction === 'add' ? c.g : c.b.node('ScatterElements', [c.g, c.input(1), c.b.zerosLike(c.input(2))], { axis });
    },
  }),
];

/** Cotangents [before, indices, behind] added to zeros at their indices. */
function addAt(c: VjpContext<IndexAttributes>, g: string, axis: number): string {
  const { b, x } = c;
  const column = Array.from({ length: c.rank(x) }, (_, other) => (other === axis ? -1 : 1));
  const places = b.expand(b.reshape(c.input(1), column), b.shape(g));
  return b.node('ScatterElements', [zerosWithRows(b, x, g, axis), places, g], { axis, reduction: 'add' });
}

/** Operator sets before 16 cannot add at indices; there a matrix product with ones at [index, position] does. */
function timesOneHot(c: VjpContext<IndexAttributes>, g: string, axis: number): string {
  const { b, x } = c;
  const rank = c.rank(x);
  const index = b.cast(b.reshape(c.input(1), [-1, 1]), 'int64');
  const position = positions(b, x, axis);
  // Indices may count from the back.
  const negative = b.sub(position, sizesOf(b, x, axis, axis + 1));
  const oneHot = b.cast(b.or(b.equal(index, position), b.equal(index, negative)), b.typeOf(x));
  const last = [...Array.from({ length: rank }, (_, other) => other).filter((other) => other !== axis), axis];
  const product = b.matmul(b.transpose(g, last), oneHot);
  return b.transpose(
    product,
    last.map((_, other) => last.indexOf(other)),
  );
}
