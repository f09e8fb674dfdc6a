import type { Value } from '../build/builder.js';
import { flatPositions, positions } from '../build/indices.js';
import { reshapeRows } from '../build/rows.js';
import { addAlong, addAt, addElements, rowsLike } from './indexing-places.js';
import { type Rule, rule } from './rule.js';

/** Elements chosen by what they are, and numbers put at chosen places. */
export const choiceRules: readonly Rule[] = [
  // Where the condition holds: the same choice of 0, 1, 2 … tells the places.
  rule('Compress', {
    attributes: (a) => ({ axis: a.has('axis') ? a.int('axis', 0) : undefined }),
    inputs: [0],
    rows: (c) => c.attributes.axis !== undefined && c.axis(c.attributes.axis) > 0,
    vjp: (c) => {
      const { b, x, g } = c;
      const chosen = (all: Value) => b.node('Compress', [all, c.input(1)], { axis: 0 });
      if (c.attributes.axis !== undefined) {
        const axis = c.axis(c.attributes.axis);
        return addAlong(b, g, chosen(positions(b, x, axis)), axis, x);
      }
      const all = flatPositions(b, x, 0, c.rank(x));
      return reshapeRows(b, addAt(b, b.reshape(g, [1, -1, 1]), b.unsqueeze(chosen(all), [0]), all, true), x);
    },
  }),
  rule('TopK', {
    attributes: (a) => ({ axis: a.int('axis', -1) }),
    inputs: [0],
    rows: (c) => c.axis(c.attributes.axis) > 0,
    vjp: (c) => {
      const [, indices = ''] = c.node.outputs;
      if (indices === '') throw c.refuse('its second output, the indices,', 'left out', 'there');
      return addElements(c.b, c.g, indices, c.axis(c.attributes.axis), c.x, true);
    },
  }),
  // Indices count the elements of the whole output: in a row, those of the rows before it are left out again.
  rule('MaxUnpool', {
    inputs: [0],
    rows: (c) => c.opset >= 11,
    vjp: (c) => {
      const { b, g, y } = c;
      const indices = c.input(1);
      if (c.opset < 11) return b.gather(b.reshape(g, [-1]), indices, 0);
      const size = b.node('ReduceProd', [b.sizes(y, 1)], { keepdims: 1 });
      const local = rowsLike(b, b.node('Mod', [indices, size]), g, indices);
      return reshapeRows(b, b.node('GatherElements', [b.flatten(g, 1), b.flatten(local, 1)], { axis: 1 }), c.x);
    },
  }),
];
